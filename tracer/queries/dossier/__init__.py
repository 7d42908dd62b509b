"""资料 as their owner, the desk and strangers see them."""
