"""Evaluations from the call to the licence, as each side sees them."""
