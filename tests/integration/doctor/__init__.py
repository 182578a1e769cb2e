"""Tests of `gastrack doctor` on real servers, each fault provoked."""
