"""Warm start: go on from the last weights and momentum; there is nothing to do."""
