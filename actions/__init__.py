"""The action server: thin, stateless Rasa actions over the knowledge base."""
