"""Which version of the software this is, as answers and files tell it; that of pyproject.toml, and a test says so."""

SOFTWARE_VERSION = "0.1.0"
