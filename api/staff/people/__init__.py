"""People of the console: accounts, passwords, sessions."""
