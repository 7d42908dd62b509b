"""Reports, incidents, reviews and findings."""
