"""Credentials told by their form or their neighbourhood, of no one provider."""
