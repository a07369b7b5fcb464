"""Import and export: entries to and from Excel, with a preview before anything is changed."""
