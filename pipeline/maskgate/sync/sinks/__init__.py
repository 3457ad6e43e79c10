"""Receivers: one kind a file."""
