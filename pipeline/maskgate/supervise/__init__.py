"""Processes: the supervisor, the roles it starts and what ties a child to its parent."""
