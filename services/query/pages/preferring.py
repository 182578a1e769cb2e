"""Whether a person asks, who reads a page, or a program, which reads data: by Accept (RFC 9110, 12.5.1)."""

from __future__ import annotations

import re

from starlette.requests import Request

PAGE = "text/html"
_DATA = ("application/problem+json", "application/json")
_WEIGHT = re.compile(r";\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.IGNORECASE)
_PROGRAMS = "/v1/"
"""What lies below is for programs, whatever they accept."""


def is_for_a_person(request: Request) -> bool:
    """Say whether an answer should be a page."""
    return not request.url.path.startswith(_PROGRAMS) and prefers_page(request.headers.get("accept", ""))


def prefers_page(accept: str) -> bool:
    """Say whether Accept names pages, and likes none of our forms of data as much; `*/*` is what programs say."""
    liked = dict(map(_liked, accept.lower().split(",")))
    return liked.get(PAGE, 0.0) > max(liked.get(form, 0.0) for form in _DATA)


def _liked(part: str) -> tuple[str, float]:
    weight = _WEIGHT.search(part)
    return part.partition(";")[0].strip(), float(weight[1]) if weight else 1.0
