"""Kinds of personal data: one file per kind, families of national numbers in folders by region."""
