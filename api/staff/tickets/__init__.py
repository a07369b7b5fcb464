"""Tickets: what a person must do for a citizen."""
