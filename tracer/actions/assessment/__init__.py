"""Evaluations from the call to the licence."""
