"""The whole chain on real servers: doors, faults, replay, malformed input, real files."""
