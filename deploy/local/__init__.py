"""Real servers on one machine without containers, and the demo that runs on them."""
