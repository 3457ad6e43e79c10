"""Find personal data and secrets in schema-less JSON; change nothing."""
