"""What happened to the data: the event, its encoding, the Parquet files and the questions one can ask them."""
