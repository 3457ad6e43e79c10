"""Bytes of a record to leaves with spans and paths."""
