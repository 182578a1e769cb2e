"""What goes with a file: its manifest, signed."""
