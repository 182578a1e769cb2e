"""Drills of alerts: each is provoked on a running system, fires in a real Prometheus, and ends once it is mended."""
