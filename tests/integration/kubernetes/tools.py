"""kustomize, and the definitions of custom resources that Go modules carry; Go fetches what is not there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

KUSTOMIZE = ("sigs.k8s.io/kustomize/kustomize/v5", "v5.7.1")
_KEDA, _ENVOY = "config/crd/bases/keda.sh_", "charts/gateway-crds-helm/templates/generated/gateway.envoyproxy.io_"
_GATEWAY = "config/crd/standard/gateway.networking.k8s.io_"
_PROMETHEUS = "example/prometheus-operator-crd/monitoring.coreos.com_"
DEFINITIONS = {
    "github.com/kedacore/keda/v2@v2.21.0": (f"{_KEDA}scaledobjects", f"{_KEDA}triggerauthentications"),
    "github.com/envoyproxy/gateway@v1.9.1": (
        *(f"{_ENVOY}clienttrafficpolicies", f"{_ENVOY}backendtrafficpolicies", f"{_ENVOY}httproutefilters"),
    ),
    "sigs.k8s.io/gateway-api@v1.5.1": (f"{_GATEWAY}gateways", f"{_GATEWAY}httproutes"),
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        *(f"{_PROMETHEUS}podmonitors", f"{_PROMETHEUS}prometheusrules"),
    ),
}
"""Go modules with the definitions that they carry, without `.yaml`."""
MINUTES_10 = 600
_TEMPLATE = re.compile(r"^\s*\{\{.*\}\}\s*$", re.MULTILINE)


def kustomize() -> Path:
    """Return kustomize in the pinned version; skip with a sentence where it neither is nor can be made."""
    module, version = KUSTOMIZE
    for found in (shutil.which("kustomize"), _go_bin() / "kustomize"):
        if found and Path(found).exists() and _run([str(found), "version"]).strip() == version:
            return Path(found)
    _run([_go(), "install", f"{module}@{version}"], GOFLAGS="-p=1")
    return _go_bin() / "kustomize"


def definitions() -> list[dict[str, object]]:
    """Return the definitions of custom resources that Go modules carry."""
    told = _run([_go(), "mod", "download", "-json", *DEFINITIONS])
    folders = {f"{each['Path']}@{each['Version']}": Path(each["Dir"]) for each in _documents(told)}
    return [_definition(folders[module] / f"{name}.yaml") for module, names in DEFINITIONS.items() for name in names]


def _definition(path: Path) -> dict[str, object]:
    """Read a definition; lines of Helm around it are no YAML."""
    found: dict[str, object] = next(
        each
        for each in yaml.load_all(_TEMPLATE.sub("", path.read_text(encoding="utf-8")), Loader=yaml.CSafeLoader)
        if each
    )
    return found


def _documents(text: str) -> list[dict[str, str]]:
    decoder, at, found = json.JSONDecoder(), 0, []
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        found.append(document)
    return found


def _go() -> str:
    found = shutil.which("go")
    if found is None:
        sentence = "no Go here: install it to render and validate the manifests"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


def _go_bin() -> Path:
    go = shutil.which("go")
    return Path(_run([go, "env", "GOPATH"]).strip() if go else "") / "bin"


def _run(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, "GOTOOLCHAIN": "local", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=MINUTES_10,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
