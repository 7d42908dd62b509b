"""Product bases: their dashboard, records, members and public page."""
