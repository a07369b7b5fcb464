"""Channels, the turn pipeline, storage of conversations, and operations."""
