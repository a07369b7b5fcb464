"""What people would use instead, trained on the same entries and asked the same questions: `make compare`."""
