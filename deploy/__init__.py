"""Where Gastrack runs: on one machine (`local`), in a cluster, and how it is watched."""
