"""docs/settings.md: every setting of the five services."""

from __future__ import annotations

from pydantic.fields import FieldInfo

from gastrack.documents.markdown import GENERATED, code, table
from gastrack.service_settings import SERVICES
from shared.runtime.settings import PREFIX

_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
_HEAD = f"""# Settings

{GENERATED}
They are read from the environment when a service starts; a wrong or missing one stops the start with exit
code 2 and names itself. A setting without default is obligatory.

"""
_COMMAND = """

## The command and the local servers

| variable | default | allowed | meaning |
|---|---|---|---|
| `GASTRACK_DATA` | `./data` | a folder | Where the local servers keep their data; commands find the demo there. |
| `GASTRACK_KAFKA_BOOTSTRAP` | | host:port | For the demo and commands: this Kafka, not our own. |
| `GASTRACK_KAFKA_AUTHORITIES_FILE` | | a file | For commands: PEM of the authorities of that Kafka's certificates. |
| `GASTRACK_KAFKA_CERTIFICATE_FILE` | | a file | For commands: PEM of the certificate by which they come there. |
| `GASTRACK_KAFKA_KEY_FILE` | | a file | For commands: PEM of its key. |
| `GASTRACK_MONGO_URI` | | a URI | For the demo and commands: this MongoDB, not our own. |
| `GASTRACK_MONGO_DATABASE` | `gastrack` | | The database in which a command looks. |
| `GASTRACK_URL` | | a URL | The one address for people and programs, for a command. |
| `GASTRACK_CERTIFICATE_FILE` | | a file | For a command: PEM of the certificate by which it comes in at that address. |
| `GASTRACK_CERTIFICATE_KEY_FILE` | | a file | For a command: PEM of its key, where that is another file. |
| `GASTRACK_AUTHORITIES_FILE` | | a file | For a command: PEM of authorities that it trusts there, else the system's. |
"""


def settings() -> str:
    """Return the settings as Markdown: one row a variable, default and meaning, with the services that read it."""
    found: dict[tuple[str, ...], list[str]] = {}
    for service, kind in SERVICES.items():
        for name, field in kind.model_fields.items():
            found.setdefault(_row(name, field), []).append(service)
    rows = [(*cells, "all" if len(by) == len(SERVICES) else ", ".join(by)) for cells, by in found.items()]
    heading = ("variable", "default", "allowed", "meaning", "read by")
    return _HEAD + table(heading, sorted(rows, key=lambda cells: (cells[-1] != "all", cells))) + _COMMAND


def _row(name: str, field: FieldInfo) -> tuple[str, ...]:
    default = "" if field.is_required() else code(str(field.default))
    return code(PREFIX + name.upper()), default, _allowed(field), field.description or ""


def _allowed(field: FieldInfo) -> str:
    """Return the bounds of a number, the pattern of a text; its type where it has neither."""
    told = [
        f"{sign} {getattr(bound, name)}"
        for bound in field.metadata
        for name, sign in _BOUNDS.items()
        if hasattr(bound, name)
    ]
    patterns = [code(pattern) for bound in field.metadata if (pattern := getattr(bound, "pattern", None))]
    return ", ".join(told or patterns) or getattr(field.annotation, "__name__", "")
