"""Exports that are ordered, scheduled and delivered, on the real servers."""
