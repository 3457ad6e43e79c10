"""Events in files and pipes: NDJSON, tables, profiles and suggested policies."""
