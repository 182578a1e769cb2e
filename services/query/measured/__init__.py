"""Measurements of lines and nodes, and the lists of what there is."""
