"""The mask step over HTTP, and sessions that put values back into a model's answer."""
