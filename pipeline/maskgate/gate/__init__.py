"""The gate: the one process that decides over held exports and releases them."""
