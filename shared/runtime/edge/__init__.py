"""The hop from the edge to a service: what the edge says of a request, and who may come in by it."""
