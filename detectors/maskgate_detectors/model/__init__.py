"""What a rule, a finding and a configuration are, and the registry of rules."""
