"""The metering rules as laws."""
