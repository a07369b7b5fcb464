"""Trying out what the assistant says, and questions kept with what they should get."""
