"""Files of measurements: what is asked, how rows lie, and how each format is written."""
