"""Legal rules: the law as data (YAML beside each module) and pure functions that conclude from a citizen's answers."""
