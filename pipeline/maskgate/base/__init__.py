"""What every room stands on: errors, records, the document, settings, the log line."""
