"""Lineage rows as Parquet: claims, columns, writing, upkeep."""
