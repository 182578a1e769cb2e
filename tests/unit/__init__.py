"""One module or class each, without network and servers."""
