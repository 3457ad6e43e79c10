"""Operators and keys: what stands in the place of a value."""
