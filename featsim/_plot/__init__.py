"""Pictures of any result: which one suits it, and the parts of each."""
