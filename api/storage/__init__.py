"""Conversations, turns and feedback in a database."""
