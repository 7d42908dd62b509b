"""The kitchen: all that changes the world. One verb family a file, one transaction a call."""
