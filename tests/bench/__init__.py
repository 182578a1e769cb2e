"""The benchmark of the whole pipeline on one machine: `make bench`, `python -m tests.bench --help`."""
