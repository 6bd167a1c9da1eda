"""Sweeps: a plan cut into pieces, computed anywhere, stored as they end."""
