"""The programs that write tables and pictures of the documentation."""
