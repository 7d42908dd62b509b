"""Who signs in, who produces, and what the platform may do to either."""
