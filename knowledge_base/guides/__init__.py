"""Guides: dialogues that ask step by step, as data, and the pure functions that carry them on."""
