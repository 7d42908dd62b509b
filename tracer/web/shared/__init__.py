"""What every hall shares: the door, sign-in, headers, limits, errors, logs and health."""
