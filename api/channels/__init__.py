"""Where messages come in and replies go out: web page, public HTTP API, Rasa REST clients."""
