"""The pages of a node: its sums, what is missing in them, what they are made of; and of what changed, and by whom."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import httpx2
import pytest

from services.query.pages.languages import LOCALES, language
from shared.domain import gas_time
from tests.integration.query.conftest import GAP
from tests.integration.query.test_hour_page import text_of
from tests.integration.query.test_nodes import CHANGED, NODE, PERIOD, A, B, stored_nodes

__all__ = ["stored_nodes"]
PAGE = f"/nodes/{NODE.id}"
NAMES = {A: "Moerbroek city run 1", B: '=glass & "works"'}
TIMES = "\N{MULTIPLICATION SIGN}"
MISSING_HOUR = gas_time.hour_text(GAP)
HTML = {"Accept": "text/html"}


async def _text(query: httpx2.AsyncClient, path: str) -> str:
    answer = await query.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("+", ""))


async def test_a_node_is_told_by_totals_table_and_chart(query: httpx2.AsyncClient) -> None:
    """Hours of its lines as completeness; a row says how many lines are complete, and names those that are not."""
    page = await _text(query, f"{PAGE}?view=day&{PERIOD}")
    assert "<h1>Ghent south</h1>" in page
    said = text_of(page)
    assert "91 of 96 hours of its lines" in said
    assert "1 / 2 missing: Moerbroek city run 1" in said
    assert f'<a href="/lines/{A}?view=day&amp;from=2026-10-10&amp;to=2026-10-12' in page
    assert page.count("<tr data-key=") == 2
    assert 'data-poll="/v1/nodes/GHENT/measurements?view=day' in page


async def test_the_shares_add_up_to_the_node(query: httpx2.AsyncClient) -> None:
    """Over a period in which weights change, what the lines count with is what the node says."""
    page = await _text(query, f"{PAGE}?view=day&{PERIOD}")
    table = page.partition('class="sheet made-of"')[2].partition("</table>")[0]
    body, _, foot = table.partition("<tfoot>")
    rows = [re.findall(r'<td class="num">([^<]+)</td>', row) for row in body.split("<tr>")[3:]]
    assert [row[0] for row in rows] == ["+1", "+2"]
    total = [_number(cell) for cell in re.findall(r'<td class="num">([^<]+)</td>', foot)]
    for place, sum_of in enumerate(total):
        assert abs(sum(_number(row[3 + place]) for row in rows) - sum_of) <= 1  # each is rounded to whole numbers
    spans = text_of(page.partition('class="spans"')[2].partition("</ul>")[0])
    assert "10 October 2026 +1" in spans
    assert f"-0.5 {TIMES} =glass" in spans
    assert "are not told where a weight is negative" in page


async def test_the_page_holds_what_its_poll_would_answer(query: httpx2.AsyncClient) -> None:
    """So that nothing is drawn again before something changes, in every view."""
    for view in ("hour", "day", "month"):
        period = "from=2026-10&to=2026-11" if view == "month" else PERIOD
        page = await _text(query, f"{PAGE}?view={view}&{period}&show=energy")
        told = re.search(r'data-poll="([^"]+)" data-tag="([^"]+)"', page)
        assert told is not None
        headers = {"If-None-Match": f'"{told[2]}"'}
        assert (await query.get(told[1].replace("&amp;", "&"), headers=headers)).status_code == 304


async def test_an_hour_with_a_line_missing_is_marked(query: httpx2.AsyncClient) -> None:
    """In words in the table and in the legend, although the quality of the others is measured."""
    page = await _text(query, f"{PAGE}?view=hour&{PERIOD}")
    row = page.partition(f'<tr data-key="{MISSING_HOUR}"')[2].partition("</tr>")[0]
    assert row.startswith(' class="incomplete"')
    assert ">hours missing<" in row
    assert f'href="{PAGE}/hours/{MISSING_HOUR}"' in row


async def test_an_hour_is_explained_as_a_sum(query: httpx2.AsyncClient) -> None:
    """Each line with its weight, value and state, led to its own hour; the sum is what the node says."""
    start = gas_time.hour_text(gas_time.hours_of_day(CHANGED).start + 7)
    page = await _text(query, f"{PAGE}/hours/{start}")
    counted = [_number(one) for one in re.findall(r"<dd>= ([^<]+) <small>m³", page)]
    answer = (await query.get(f"/v1{PAGE}/measurements?from=2026-10-11&to=2026-10-12")).json()
    said = next(row["volume_m3n"] for row in answer["rows"] if row["start"] == start)
    assert sum(counted) == Decimal(str(said))
    assert len(counted) == 2
    assert f'<a href="/lines/{B}/hours/{start}" data-panel>' in page
    assert "2 of 2 lines complete" in page


async def test_an_hour_says_what_it_lacks(query: httpx2.AsyncClient) -> None:
    """The missing line stands in the sum without a value; before it ended, no line has one."""
    page = text_of(await _text(query, f"{PAGE}/hours/{MISSING_HOUR}"))
    assert "1 of 2 lines complete" in page
    assert f"+1 {TIMES} —" in page
    assert "What is missing is left out" in page
    coming = text_of(await _text(query, f"{PAGE}/hours/2026-11-24T03:00:00Z"))
    assert coming.count(" awaited ") == 2
    for start, status in (("2026-10-11T07:30:00Z", 422), ("2026-08-01T07:00:00Z", 404)):
        assert (await query.get(f"{PAGE}/hours/{start}", headers=HTML)).status_code == status


async def test_topology_of_a_node_and_its_changes(query: httpx2.AsyncClient) -> None:
    """On a day, as known now or then; changes with author, reason, correction, and the difference in words."""
    page = text_of(await _text(query, f"{PAGE}/topology?at=2026-10-10"))
    assert f"-0.5 {TIMES} =glass" in page
    assert f"It holds itself +1 {TIMES} Moerbroek city run 1 BE-0042-A -1 {TIMES} INNER" in page
    changes = page.partition("Changes, the newest first")[2]
    for words in (
        "by anna second run opened Correction of the past: it was told late",
        "from 11 October 2026 name: Ghent → Ghent south",
        "from 11 October 2026 weight of =glass &amp; &#34;works&#34; : +2",
        "from 11 October 2026 weight of node INNER : no longer -1 → —",
        "from 1 September 2026 begins",
    ):
        assert words in changes
    whole = await _text(query, f"{PAGE}/topology?at=2026-10-11")
    then = re.findall(r'<a href="(/nodes/GHENT/topology\?at=2026-10-11&amp;known_at=[^"]+)"', whole)
    before = text_of(await _text(query, then[-1].replace("&amp;", "&")))
    assert f"-0.5 {TIMES} =glass" in before
    assert "As known now" in before
    assert "It was not there on that day." in await _text(query, f"{PAGE}/topology?at=2026-08-31")


async def test_topology_of_a_line(query: httpx2.AsyncClient) -> None:
    """Its terms, the nodes in which it counts, its changes; its own page leads there."""
    page = text_of(await _text(query, f"/lines/{A}/topology"))
    assert "capacity, m³(n)/h 24,000 m³(n)/h" in page
    assert f"Counts in +1 {TIMES} Ghent south GHENT" in page
    assert "by somebody new from 1 September 2026 begins" in page
    through = text_of(await _text(query, f"/lines/{B}/topology?at=2026-10-10"))
    assert f"Counts in -0.5 {TIMES} Ghent GHENT +0.5 {TIMES} Inner INNER" in through
    line = await _text(query, f"/lines/{A}")
    assert 'Counts in <a href="/nodes/GHENT">Ghent south</a>' in line
    assert f'href="/lines/{A}/topology"' in line
    assert "It was not there" in await _text(query, f"/lines/{A}/topology?at=2026-10-10&known_at=2026-11-01T00:00:00Z")


async def test_a_node_without_lines_has_a_page(query: httpx2.AsyncClient) -> None:
    """It says so, as the hour and the topology of it do."""
    for path in ("/nodes/NODE-1", "/nodes/NODE-1/hours/2026-10-11T07:00:00Z", "/nodes/NODE-1/topology"):
        assert "No line counts in it." in await _text(query, path)


@pytest.mark.parametrize("code", LOCALES)
@pytest.mark.parametrize(
    "path",
    [PAGE, f"{PAGE}?view=month", f"{PAGE}/hours/{MISSING_HOUR}", f"{PAGE}/topology", f"/lines/{A}/topology"],
)
async def test_in_every_language(query: httpx2.AsyncClient, path: str, code: str) -> None:
    """Nothing is missing in any."""
    answer = await query.get(path, headers={"Accept-Language": code})
    assert (answer.status_code, answer.headers["content-language"]) == (200, language(code).tag)


async def test_its_file_is_offered(query: httpx2.AsyncClient) -> None:
    """By the form of files, and as a command, of the period that is shown."""
    page = (await query.get(f"{PAGE}?view=day&from=2026-10-01&to=2026-10-03")).text
    assert 'name="node" value="GHENT"' in page
    command = re.search(r'<input id="command" readonly value="([^"]+)"', page)
    assert command is not None
    assert "/v1/download?node=GHENT&view=day&from=2026-10-01&to=2026-10-03" in html.unescape(command[1])


@pytest.mark.parametrize("path", ["/nodes/NOPE", "/nodes/NOPE/topology", "/lines/NOPE/topology"])
async def test_what_is_unknown_is_an_error_page(query: httpx2.AsyncClient, path: str) -> None:
    """As for lines."""
    assert (await query.get(path, headers=HTML)).status_code == 404


async def test_what_is_wrongly_asked_is_told(query: httpx2.AsyncClient) -> None:
    """A measure that there is not, a day that is none, a moment to come."""
    for path in (f"{PAGE}?show=colour", f"{PAGE}/topology?at=yesterday", f"{PAGE}/topology?known_at=2027-01-01T00:00Z"):
        assert (await query.get(path, headers=HTML)).status_code == 422
