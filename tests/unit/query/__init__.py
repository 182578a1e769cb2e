"""The query service's pure parts."""
