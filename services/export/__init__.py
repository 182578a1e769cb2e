"""The export service: the measurements as files, csv and xml, streamed in blocks."""
