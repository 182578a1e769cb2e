"""Integration tests: on the real servers."""
