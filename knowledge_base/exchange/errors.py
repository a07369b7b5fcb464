"""What ends the reading of a file."""


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the message is Chinese and says what to do."""
