"""Says what is wrong with an object: by Kubernetes' own schemas, by definitions of custom resources, or by our own.

Strict: a field that no schema knows is a fault. What definitions say in CEL is not asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

Json = dict[str, Any]
KUBERNETES = "1.34"
"""The oldest version that the manifests are meant for: `preStop.sleep` (nginx) is stable from there on."""
OUR_OWN = Path(__file__).parent / "definitions"
"""Strimzi's definitions come in no Go module, Percona's module cannot be had: what we use of them, written by hand."""
_INT_OR_STRING = "x-kubernetes-int-or-string"
_OPEN = "x-kubernetes-preserve-unknown-fields"


class Schemas:
    """Schemas of custom resources, and Kubernetes' own."""

    def __init__(self, definitions: Iterable[Json]) -> None:
        """Take what `kubectl get crd` would tell."""
        self._custom: dict[tuple[str, str], jsonschema.Draft202012Validator] = {}
        for path in sorted(OUR_OWN.glob("*.yaml")):
            for each in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                self._add(each["apiVersion"], each["kind"], each["schema"])
        for definition in definitions:
            spec = definition["spec"]
            for version in spec["versions"]:
                schema = version["schema"]["openAPIV3Schema"]
                self._add(f"{spec['group']}/{version['name']}", spec["names"]["kind"], schema)

    def _add(self, api_version: str, kind: str, schema: Json) -> None:
        whole = _strict({**schema, "properties": {**schema["properties"], **_NAMES}})
        self._custom[api_version, kind] = jsonschema.Draft202012Validator(whole)

    def fault(self, thing: Json) -> str:
        """Return what is wrong with an object, "" where nothing is.

        Raises:
            SchemaNotFoundError: nobody knows such objects.
        """
        custom = self._custom.get((thing["apiVersion"], thing["kind"]))
        try:
            if custom is None:
                kubernetes_validate.validate(thing, KUBERNETES, strict=True)
            else:
                custom.validate(thing)
        except jsonschema.ValidationError as fault:
            return f"{thing['kind']} {thing['metadata']['name']}: {fault.json_path}: {fault.message[:300]}"
        return ""


_NAMES: Json = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {_OPEN: True}}


def _strict(schema: Any) -> Any:
    """Return a schema of OpenAPI as JSON schema that knows no other fields."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(value) for key, value in schema.items() if key not in {"format", "default", "properties"}}
    if schema.get(_INT_OR_STRING):
        made.pop("type", None)
        made["type"] = ["integer", "string"]
    if "properties" in schema:
        made["properties"] = {name: _strict(each) for name, each in schema["properties"].items()}
        if not schema.get(_OPEN) and "type" in schema:
            made.setdefault("additionalProperties", False)
    return made
