"""The staff console at `/staff`: a clerk keeps the answers right."""
