"""The way of one message, from a channel to a recorded reply."""
