"""The interfaces as outsiders use them: what the documents promise, the services keep."""
