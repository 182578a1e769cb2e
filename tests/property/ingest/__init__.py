"""Laws of ingest."""
