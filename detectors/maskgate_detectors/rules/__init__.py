"""What is looked for, by family: one kind or provider a file."""
