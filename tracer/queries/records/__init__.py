"""Everything as other programs read it."""
