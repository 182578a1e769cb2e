"""Tests of the rule catalogue."""
