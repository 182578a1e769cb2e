"""Query and export over a real MongoDB."""
