"""Tests of the demo's servers and processes, with real ones and with small stand-ins for the services."""
