"""Tests of the command and of the generated documents."""
