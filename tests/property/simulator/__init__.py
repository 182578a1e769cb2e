"""Properties of the demo's simulator."""
