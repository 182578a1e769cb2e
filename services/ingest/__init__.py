"""Ingest: takes telegrams, files and changes of the register, checks form, and writes the line log."""
