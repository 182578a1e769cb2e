"""The access register on a real MongoDB."""
