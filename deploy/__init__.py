"""Setting up, serving and packaging."""
