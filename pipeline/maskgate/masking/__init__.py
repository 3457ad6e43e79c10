"""The masker: a record and a policy in; masked, held or quarantined out. Pure."""
