"""What stands beside the servers: the storage of files of exports, and the disk of a demo that runs here."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy.local.data_folder import NEEDED_FREE_BYTES
from gastrack.doctor.finding import Area, Examination, Finding
from shared.store.results import ResultsAwayError
from shared.store.results_s3 import S3Results, s3_store

_NOTHING = "gastrack-doctor-nothing"
"""A name that no file has: asking for its parts changes nothing, and needs the address, the keys and the bucket."""


async def examine_storage(found: Examination, results: str, endpoint: str) -> None:
    """Look whether the storage of GASTRACK_EXPORT_RESULTS answers, where it is one that speaks S3."""
    if not results.startswith("s3://"):
        return
    bucket, _, prefix = results.removeprefix("s3://").partition("/")
    try:
        await S3Results(s3_store(bucket, endpoint), prefix).find(_NOTHING)
    except SystemExit as missing:  # the extra is not installed
        found.missed(str(missing), Area.STORAGE)
    except ResultsAwayError as fault:
        wrong = f"{results} does not answer: {fault}"
        mend = "correct GASTRACK_EXPORT_RESULTS, GASTRACK_EXPORT_S3_ENDPOINT and the AWS_* keys, or make the bucket"
        found.saw(Area.STORAGE, Finding(Area.STORAGE, wrong, mend))
    else:
        found.saw(Area.STORAGE)


def examine_disk(found: Examination, folder: Path) -> None:
    """Look at the disk under the data of a demo that runs here."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED_FREE_BYTES:
        wrong = f"{free / 1024**3:.1f} GiB are free for {folder}, and {NEEDED_FREE_BYTES / 1024**3:.0f} are needed"
        found.saw(Area.DISKS, Finding(Area.DISKS, wrong, "free some space: docs/runbooks/disk-full.md"))
    else:
        found.saw(Area.DISKS)
