"""The catalogue in the database: drafts, review, what is live, and its history."""
