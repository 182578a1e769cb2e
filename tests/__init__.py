"""Tests, in the order in which they cost: unit, property, architecture, integration, e2e; drills and figures apart."""
