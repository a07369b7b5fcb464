"""Figures of the last weeks: questions, outcomes, satisfaction, topics, entries, response times."""
