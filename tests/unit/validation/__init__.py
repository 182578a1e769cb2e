"""Unit tests of validation."""
