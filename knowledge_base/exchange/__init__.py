"""Entries as files that people and programs exchange: a flat row for Excel and CSV, JSON Lines, the catalogue's YAML."""
