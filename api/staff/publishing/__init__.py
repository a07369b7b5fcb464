"""From what was approved to what citizens get: replay, publication, releases, going back."""
