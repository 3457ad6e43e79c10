"""Reacts to what happened: notices, reminders, usage statistics. It decides nothing."""
