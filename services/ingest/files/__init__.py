"""Files at the door: recognised by their heading, cut into self-contained chunks, and told hour by hour. Pure."""
