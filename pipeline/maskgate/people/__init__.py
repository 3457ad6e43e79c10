"""Who may act: persons, accounts, keys and groups, and the signed changes to them."""
