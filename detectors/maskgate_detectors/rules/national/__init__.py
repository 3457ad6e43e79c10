"""Numbers that a state or its insurers, tax offices and registers give out: one file per number."""
