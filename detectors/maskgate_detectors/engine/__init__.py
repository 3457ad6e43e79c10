"""From a batch of records to their findings."""
