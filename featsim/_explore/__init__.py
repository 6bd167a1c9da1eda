"""The explorer: a page on which a setting is turned and its pictures follow."""
