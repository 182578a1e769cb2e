"""Aggregation: decides what an hour says, and keeps hours, days and months true."""
