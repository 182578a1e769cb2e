"""Fetches measurements of a Gastrack as files: with retries, resumed, verified, and never half a file under its name.

>>> from gastrack_client import Client, Question
>>> with Client("https://gas.example") as client:  # doctest: +SKIP
...     client.download(Question(lines=["BE-0042-A"], first="2026-11-01", end="2026-12-01"), "november.csv")
"""

from gastrack_client.blocking import Client
from gastrack_client.downloads import AsyncClient, Downloaded, Mode
from gastrack_client.errors import (
    DownloadError,
    NotVerifiedError,
    Reason,
    RefusedError,
    UnavailableError,
    UnfinishedError,
)
from gastrack_client.manifest import Keys, Manifest, read_manifest, verify_file
from gastrack_client.question import Question
from gastrack_client.retrying import Retrying

__all__ = [
    "AsyncClient",
    "Client",
    "DownloadError",
    "Downloaded",
    "Keys",
    "Manifest",
    "Mode",
    "NotVerifiedError",
    "Question",
    "Reason",
    "RefusedError",
    "Retrying",
    "UnavailableError",
    "UnfinishedError",
    "read_manifest",
    "verify_file",
]
