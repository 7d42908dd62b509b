"""Scans, reviews, reports and findings, and what is found true of them."""
