"""The export service's pure parts."""
