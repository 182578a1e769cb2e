"""`python -m deploy.monitoring.targets`: tells Prometheus where the services of the running demo publish metrics.

Their ports are free ones of each start, so this is asked again after a new start of the demo.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local import addresses, data_folder

FILE_NAME = "prometheus-targets.json"
GOOD, FAILED = 0, 1


def targets(operations: Mapping[str, str]) -> str:
    """Return Prometheus' file of targets: one group a service, labelled with its name.

    Args:
        operations: Service to the base URL of its operations port.
    """
    groups = [{"targets": [urlsplit(url).netloc], "labels": {"service": name}} for name, url in operations.items()]
    return json.dumps(groups, indent=2) + "\n"


def main(folder: Path) -> int:
    """Write the file into the demo's data folder; 1 where no demo runs on it."""
    found = addresses.read(folder)
    if found is None:
        sys.stderr.write(f"No demo runs on {folder}: start one with make demo, or set GASTRACK_DATA.\n")
        return FAILED
    path = folder / FILE_NAME
    path.write_text(targets(found.operations), encoding="utf-8")
    sys.stdout.write(f"{path}\n")
    return GOOD


if __name__ == "__main__":
    sys.exit(main(data_folder.chosen_folder()))
