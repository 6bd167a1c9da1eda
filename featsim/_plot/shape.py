"""What can be drawn of a result, by its dims: known before a sweep is computed."""
