"""Aggregation, without servers."""
