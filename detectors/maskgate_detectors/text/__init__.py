"""One text: what is encoded in it, what stands in its cells, and which rules are worth trying on it."""
