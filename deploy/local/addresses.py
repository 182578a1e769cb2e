"""Where the running demo listens: written when it is ready, removed at its end, read by commands without addresses."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE_NAME = "addresses.json"


@dataclass(frozen=True)
class Addresses:
    """What a command needs to talk to the servers and services of one demo."""

    kafka_bootstrap: str
    mongo_uri: str
    http: str
    operations: dict[str, str] = field(default_factory=dict)  # service → base URL of its operations port
    authority: str = ""  # files in PEM of one who may come in, where `http` requires a certificate
    certificate: str = ""
    certificate_key: str = ""


def write(folder: Path, addresses: Addresses) -> None:
    """Write the addresses in one step, so that a reader finds all of them or none."""
    draft = folder / (FILE_NAME + ".draft")
    draft.write_text(json.dumps(asdict(addresses), indent=2) + "\n")
    os.replace(draft, folder / FILE_NAME)  # noqa: PTH105 - replacing in one step is the point


def read(folder: Path) -> Addresses | None:
    """The addresses of the demo that runs on `folder`, None if none does."""
    try:
        text = (folder / FILE_NAME).read_text()
    except FileNotFoundError:
        return None
    return Addresses(**json.loads(text))


def remove(folder: Path) -> None:
    """Forget the addresses; without effect if there are none."""
    (folder / FILE_NAME).unlink(missing_ok=True)
