"""The reviewed catalogue and everything that finds an answer in it. No web, no Rasa."""
