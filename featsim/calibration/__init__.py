"""The framework fitted to curves of accuracy: from a cold start back to its parameters."""
