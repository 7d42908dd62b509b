"""The demo: a village, its evaluations and its base."""
