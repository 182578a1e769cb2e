"""Certificates of clients: what they must be to be registered, and when they run out."""
