"""Who may read what: lines, nodes and gas days, at every operation of every service."""
