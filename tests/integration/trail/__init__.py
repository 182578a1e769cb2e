"""The trail on the real servers: every reading is in it once, in chains that nobody can change unseen."""
