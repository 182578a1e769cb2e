"""Laws of the rule catalogue."""
