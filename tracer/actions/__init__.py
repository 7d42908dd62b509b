"""The kitchen: everything that changes the world, one verb family a file, one transaction a call."""
