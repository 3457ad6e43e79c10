"""A broker for one machine, and the demo that runs on it."""
