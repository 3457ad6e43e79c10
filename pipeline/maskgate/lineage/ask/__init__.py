"""Questions over the lineage that was kept."""
