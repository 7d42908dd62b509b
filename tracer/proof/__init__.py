"""Proof: what is signed, how it is signed, and the one recipe by which anyone checks it.

Pure: no clock, no database, no web. Everything it needs to know is passed in.
"""
