"""Ask held-out questions of a release and report what came out, as text and as one HTML page.

`questions` reads the files, `asking` asks, `measures` holds the statistics, `figures` applies them to a set of
questions, `report` puts everything together, `text`, `charts` and `page` show it.
"""
