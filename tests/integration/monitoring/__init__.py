"""The dashboard against the catalogue of metrics and against a real Prometheus."""
