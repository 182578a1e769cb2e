"""The metering rules: pure, standard library and numpy only."""
