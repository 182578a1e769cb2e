"""Laws of the query service."""
