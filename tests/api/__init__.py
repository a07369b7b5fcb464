"""Tests of the API: channels, pipeline, storage, operations."""
