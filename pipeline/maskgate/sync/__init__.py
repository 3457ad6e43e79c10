"""Sends the entries of the approval log to audit systems outside, in order and at least once. It decides nothing."""
