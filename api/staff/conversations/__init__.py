"""Finding and reading conversations, as citizens saw them."""
