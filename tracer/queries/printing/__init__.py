"""What can be printed, how, and where a run stands."""
