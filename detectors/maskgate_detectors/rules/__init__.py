"""Kinds of credentials: one file per provider, and the generic forms in ``generic_*.py``."""
