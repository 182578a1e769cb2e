"""The metering rules by example."""
