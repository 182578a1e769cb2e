"""What watches the pipeline: Prometheus' configuration, the Grafana dashboard, and where the demo's services are."""
