"""The public page behind a code."""
