"""Credentials: one file per provider or format."""
