"""Schemas of everything maskgate writes: Avro and JSON Schema, data only."""
