"""Personal data inside the syntax of messages and files."""
