"""`gastrack topology apply FILE`."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from gastrack.http_calls import call
from gastrack.reach import address, complain, issues_of, say

GOOD, WRONG, WRONG_USE = 0, 1, 2


def apply(file: Path, *, as_json: bool) -> int:
    """Send the document; 0 accepted, 1 refused or still pending, 2 no readable file."""
    try:
        document = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
        body = json.dumps(document, default=str).encode()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        complain(f"{file}: {fault}")
        return WRONG_USE
    status, answer = call(f"{address()}/v1/topology/changes", body)
    if as_json:
        say(json.dumps(answer))
    elif status == 200:
        say(f"Accepted as decision {answer['decision']}.")
    elif status == 202:
        complain(f"Decision {answer['decision']} has no outcome yet: ask again later.")
    else:
        complain("\n".join(issues_of(answer)))
    return GOOD if status == 200 else WRONG
