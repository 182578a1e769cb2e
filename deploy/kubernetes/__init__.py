"""What Kubernetes and containers are told that the code knows already: topics, permissions, routes, alerts.

`python -m gastrack.documents` writes it into deploy/kustomize and deploy/compose.
"""
