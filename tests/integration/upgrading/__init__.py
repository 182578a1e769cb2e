"""What this version and the one before it say to each other at rest and in motion."""
