"""The halls, by audience: public, producer, inspector, desk, api, and what they share.

Each hall is a package with one blueprint named ``hall``; ``tracer.app`` opens them.
"""
