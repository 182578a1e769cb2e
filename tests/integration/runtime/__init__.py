"""The runtime on real servers."""
