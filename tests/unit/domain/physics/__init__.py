"""Tests of the gas physics."""
