"""The client package, without a service."""
