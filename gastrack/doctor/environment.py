"""Settings: names that nobody reads, values that no service takes, files that cannot be read, contradictions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from gastrack.doctor.finding import Area, Finding
from gastrack.service_settings import SERVICES
from shared.runtime.settings import PREFIX, ServiceSettings

BESIDE = (
    *("DATA", "URL", "CACHE", "NGINX", "BROWSER", "COMPOSE_PAPERS", "PROMETHEUS_URL", "DASHBOARDS", "ARTIFACTS"),
    *("CERTIFICATE_FILE", "CERTIFICATE_KEY_FILE", "AUTHORITIES_FILE"),
    *("DRILL_COUNT", "DRILL_SECONDS"),
)
"""What commands, the local servers, compose and the tests read beside the services."""
KNOWN = frozenset(
    {
        *(PREFIX + name.upper() for kind in SERVICES.values() for name in kind.model_fields),
        *(PREFIX + n for n in BESIDE),
    }
)
_FILES = frozenset(name for name in KNOWN if name.endswith("_FILE")) | {PREFIX + "EXPORT_SFTP_KEY"}
_STANDINS = {"mongo_uri": "mongodb://unset", "kafka_bootstrap": "unset:1", "operations_port": 1, "http_port": 1}
"""For what a service must be told and a command need not."""
_SEE = "docs/settings.md lists them all"


def examined(environment: Mapping[str, str], service: str | None) -> list[Finding]:
    """Return what is wrong with the settings in an environment; with a service, also what it misses."""
    ours = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    found = [*_unknown(ours), *_unreadable(ours), *_refused(ours, service), *_contradictions(ours)]
    return list(dict.fromkeys(found))


def _finding(wrong: str, mend: str) -> Finding:
    return Finding(Area.SETTINGS, wrong, mend)


def _unknown(ours: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(set(ours) - KNOWN):
        close = difflib.get_close_matches(name, KNOWN, 1)
        mend = f"write {close[0]}" if close else f"remove it; {_SEE}"
        yield _finding(f"{name} is set, and nothing of ours reads a setting of that name", mend)


def _unreadable(ours: Mapping[str, str]) -> Iterator[Finding]:
    for name in sorted(_FILES & set(ours)):
        if not ours[name]:
            continue
        try:
            is_empty = not Path(ours[name]).read_bytes()
        except OSError as fault:
            yield _finding(
                f"{name}: {ours[name]} cannot be read: {fault.strerror}", "mount the file, or correct its name"
            )
        else:
            if is_empty:
                yield _finding(f"{name}: {ours[name]} is empty", "put the secret or the certificate into it")


def _refused(ours: Mapping[str, str], service: str | None) -> Iterator[Finding]:
    """Yield what services would refuse at their start; files that cannot be read have been told already."""
    kinds = {service: SERVICES[service]} if service else SERVICES
    for name, kind in kinds.items():
        for variable, message in _faults(kind, ours, is_strict=service is not None):
            where = f"{variable}: " if variable else ""
            told = f" (the service {name} does not start)" if service else ""
            yield _finding(f"{where}{message}{told}", f"correct it: {_SEE}")


def _faults(kind: type[ServiceSettings], ours: Mapping[str, str], *, is_strict: bool) -> Iterator[tuple[str, str]]:
    given: dict[str, object] = {
        name: ours[PREFIX + name.upper()] for name in kind.model_fields if PREFIX + name.upper() in ours
    }
    if not is_strict:
        given = {name: value for name, value in _STANDINS.items() if name in kind.model_fields} | given
        if "http_port" in kind.model_fields and not given.get("edge_secret_file") and not given.get("demo_identity"):
            given |= {"demo_identity": "doctor", "http_host": "127.0.0.1"}
    try:
        kind.model_validate(given)
    except ValidationError as fault:
        for error in fault.errors():
            variable = PREFIX + "_".join(str(part) for part in error["loc"]).upper() if error["loc"] else ""
            yield variable, error["msg"].removeprefix("Value error, ")


def _contradictions(ours: Mapping[str, str]) -> Iterator[Finding]:
    """Yield values that are right each by itself, and make no sense together."""
    if ours.get("GASTRACK_EXPORT_S3_ENDPOINT") and not ours.get("GASTRACK_EXPORT_RESULTS", "").startswith("s3://"):
        yield _finding(
            "GASTRACK_EXPORT_S3_ENDPOINT names a storage, and GASTRACK_EXPORT_RESULTS keeps files in MongoDB",
            "set GASTRACK_EXPORT_RESULTS to s3://bucket/prefix, or remove the endpoint",
        )
    kept, addresses = ours.get("GASTRACK_TRAIL_KEPT_DAYS", ""), ours.get("GASTRACK_TRAIL_ADDRESSES_KEPT_DAYS", "")
    if kept.isdecimal() and addresses.isdecimal() and int(addresses) > int(kept):
        yield _finding(
            f"GASTRACK_TRAIL_ADDRESSES_KEPT_DAYS ({addresses}) is longer than GASTRACK_TRAIL_KEPT_DAYS ({kept})",
            "keep addresses for at most as long as the trail",
        )
