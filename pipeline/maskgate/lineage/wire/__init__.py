"""Lineage rows as Avro on the topic."""
