"""Which bytes of a file somebody asks for: Range and If-Range after RFC 9110. Pure."""

from __future__ import annotations

import re
from http import HTTPStatus

from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError

_ONE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


def asked_part(header: str, if_range: str, tag: str, size: int) -> range | None:
    """Return the bytes that are asked for, None for all of them.

    All of them are given too where the reader's part is of another file (`if_range`), and where the header asks for
    several parts or cannot be read: a server may leave such a header out.

    Args:
        header: Range, as it was sent.
        if_range: If-Range; a date never matches, because we give none.
        tag: The file's strong tag, with its quotes.
        size: The file's bytes.

    Raises:
        ProblemError: 416 where no byte of the file is asked for.
    """
    match = _ONE.fullmatch(header)
    if match is None or match.groups() == ("", "") or (if_range and if_range.strip() != tag):
        return None
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return None
    part = range(max(0, size - int(last)), size) if not first else range(int(first), min(size, int(last or size) + 1))
    if not part:
        words = f"the file has {size} bytes"
        issue = Issue("RANGE", "range", words)
        raise ProblemError(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, [issue], {"Content-Range": f"bytes */{size}"})
    return part
