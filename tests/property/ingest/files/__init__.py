"""Laws of files: nothing raises, nothing vanishes, cutting changes nothing."""
