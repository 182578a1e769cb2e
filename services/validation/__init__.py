"""Validation: judges readings by the rule catalogue; never decides what an hour says."""
