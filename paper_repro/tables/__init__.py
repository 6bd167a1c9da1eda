"""One file for each table: the runs that it needs at each scale, and its text."""
