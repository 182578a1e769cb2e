"""The manifests: rendered by kustomize, validated by schemas, and compared with the code that they run."""
