"""The field's own rules: pure Python, no web, no database, no clock of its own."""
