"""The mask worker: a batch of records in, masked records, items, dead letters and lineage out, in one transaction."""
