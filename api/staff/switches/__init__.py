"""The off-switch: a channel or a topic is taken out of service at once, and put back."""
