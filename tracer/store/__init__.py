"""The cellar: tables, engines, keyring, files and the scan journal."""
