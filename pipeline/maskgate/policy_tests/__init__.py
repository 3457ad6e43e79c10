"""A policy's own test cases and the explanation of what it does, both through the masker."""
