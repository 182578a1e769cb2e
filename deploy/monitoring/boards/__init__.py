"""What Grafana shows, said briefly in a file each; `python -m gastrack.documents` writes the dashboards."""
