"""Files that are ordered again and again."""
