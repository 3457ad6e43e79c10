"""Check digits, checksums and plausibility of numbers and secrets."""
