"""The lineage sink: the role that carries rows from the topic to Parquet."""
