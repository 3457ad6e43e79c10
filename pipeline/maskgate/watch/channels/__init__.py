"""Where notices go: one file a channel. Each tells what it could not deliver; none carries content of a record."""
