"""资料: what is filled under the rows of tables B.1 to B.5."""
