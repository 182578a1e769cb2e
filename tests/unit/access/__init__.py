"""Who asks, and which gas days he may read."""
