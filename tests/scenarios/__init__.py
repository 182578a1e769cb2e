"""Scenarios in the trade's words: a folder each with given, when and then; `specified.yaml` lists all there must be."""
