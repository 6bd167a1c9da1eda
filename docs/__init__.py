"""Pages, and in ``programs`` what writes their tables and pictures."""
