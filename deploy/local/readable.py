"""How much of the history can be read: asked where people read it, at the one address, in the month view."""

import ssl
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.local import http_question
from shared.domain.gas_time import gas_day, month_of, next_month


@dataclass(frozen=True)
class Edge:
    """The one address, and the TLS with which it is asked where it requires a certificate."""

    url: str
    context: ssl.SSLContext | None = None


def hours_readable(edge: Edge, line: str, begin: int, end: int) -> int:
    """Hours of a line that are present in the months from hour `begin` to hour `end`; 0 while nobody answers."""
    first, after = month_of(gas_day(begin)), next_month(month_of(gas_day(end)))
    page: str | None = f"/v1/lines/{quote(line)}/measurements?view=month&from={first}&to={after}"
    present = 0
    while page:
        answer = http_question.get_json(edge.url + page, edge.context)
        if answer is None:
            return present
        present += sum(int(row["hours_present"]) for row in answer["rows"])
        page = _path(answer["next"])
    return present


def fraction_readable(edge: Edge, expected: dict[str, int], begin: int, end: int) -> float:
    """What part of the expected hours (line → hours sent) can be read, 0 to 1."""
    total = sum(expected.values())
    there = sum(min(hours_readable(edge, line, begin, end), hours) for line, hours in expected.items())
    return there / total if total else 1.0


def _path(link: str | None) -> str | None:
    """The link without scheme and host, if it has them."""
    return None if link is None else urlunsplit(("", "", *urlsplit(link)[2:]))
