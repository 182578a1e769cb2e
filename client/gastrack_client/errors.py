"""What can go wrong with a download, and whether a program should try it again: `exit_code` 1 yes or look, 2 never."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

GOOD, WRONG, WRONG_USE = 0, 1, 2


class Reason(StrEnum):
    """Why a file is not what its manifest says, or the manifest nobody's."""

    FORM = "FORM"
    """The manifest is none, or what it tells is incomplete."""
    KEY = "KEY"
    """It is signed with another key than the given ones."""
    SIGNATURE = "SIGNATURE"
    """It was changed after it was signed."""
    SIZE = "SIZE"
    """The file is longer or shorter."""
    DIGEST = "DIGEST"
    """The file was changed."""


class DownloadError(Exception):
    """Why there is no file."""

    exit_code = WRONG


class RefusedError(DownloadError):
    """The question cannot be answered: the same again will be refused again."""

    exit_code = WRONG_USE

    def __init__(self, status: int, codes: Sequence[str], message: str) -> None:
        super().__init__(message)
        self.status, self.codes = status, tuple(codes)


class PassingError(DownloadError):
    """Something that passes by itself: nobody answers, a service is away, an answer that broke off."""

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(DownloadError):
    """It did not pass, however often it was tried."""


class UnfinishedError(DownloadError):
    """The ordered file did not come to be: it failed, expired, or is not done within the time given."""


class BusyError(DownloadError):
    """Another process is fetching this file at the moment."""


class NotVerifiedError(DownloadError):
    """The file is not what was signed; nothing stands under its name."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
