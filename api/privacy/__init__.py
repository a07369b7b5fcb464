"""Privacy: what keeps personal data of citizens out of storage and logs."""
