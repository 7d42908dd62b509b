"""The promise: issued, put on paper, voided."""
