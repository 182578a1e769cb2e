"""The whole system on real servers, for tests, drills and benchmarks."""
