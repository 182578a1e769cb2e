"""Files that are ordered, and the workers that make them."""
