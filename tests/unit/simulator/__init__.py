"""Tests of the demo's simulator."""
