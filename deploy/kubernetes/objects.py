"""Objects of Kubernetes as text that reads like what a person would write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

Json = dict[str, Any]
HEAD = "# Written by `python -m gastrack.documents` from the code; do not edit.\n"


def documents(objects: Iterable[Json]) -> str:
    """Return objects as documents of one YAML file, under the note that nobody edits it."""
    return HEAD + "---\n".join(yaml.dump(each, Dumper=_Plain, sort_keys=False, width=120) for each in objects)


def named(api_version: str, kind: str, name: str, labels: Json | None = None) -> Json:
    """Return the beginning of an object."""
    metadata: Json = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


class _Plain(yaml.SafeDumper):
    """Writes everything out: anchors would be one more thing to understand."""

    def ignore_aliases(self, _: object) -> bool:
        return True
