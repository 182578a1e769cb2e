"""Drills: repeated kills, long faults, soak; run by `make drill`."""
