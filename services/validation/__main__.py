"""`python -m services.validation`."""

from __future__ import annotations

from functools import partial

from services.validation.settings import ValidationSettings
from services.validation.wiring import wire
from shared.runtime.lifecycle import run
from shared.runtime.settings import load


def main() -> None:
    """Run validation until it is told to stop."""
    settings = load(ValidationSettings)
    run("validation", settings, partial(wire, settings))


if __name__ == "__main__":
    main()
