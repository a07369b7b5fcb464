"""Entries as files that people and programs exchange: rows for Excel and CSV, JSON Lines, the catalogue's YAML."""
