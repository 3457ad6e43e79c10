"""Signing in with an OpenID provider: who somebody is, and the groups that the provider names. It is never a vote."""
