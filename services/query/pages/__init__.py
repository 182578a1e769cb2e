"""Pages for people: plain HTML in four languages."""
