"""How a page is answered: drawn in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response
from starlette.types import Scope

from services.query.pages.languages import LOCALES, Language, chosen, language
from services.query.pages.preferring import is_for_a_person
from services.query.pages.strip import warned
from shared.access.caller import Caller
from shared.runtime.door import CALLER
from shared.runtime.http import problem_of
from shared.runtime.problem import ProblemError, problem_response

_HERE = Path(__file__).parent
COOKIE, PARAMETER = "lang", "lang"
"""A chosen language is remembered; the address asks for it by this parameter."""
TLS_COOKIE = f"__Host-{COOKIE}"
"""Its name at the TLS door: no other program of this host, and nothing without TLS, can set it."""
_A_YEAR_S = 365 * 86_400
_NOBODY = Caller("")
_UNTOLD = (PARAMETER, "part")
"""Parameters that links to the same page leave out."""
templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def age(language: Language, seconds: int | None) -> str:
    """Return how long ago something was, in the largest unit that says enough."""
    if seconds is None:
        return language("age.none")
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= size * (2 if unit != "minutes" else 1):
            return language(f"age.{unit}", n=seconds // size)
    return language("age.now")


templates.globals["age"] = age


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A language of the switch: its code, its own name, where the same page stands in it."""

    code: str
    tag: str
    name: str
    href: str
    here: bool


def language_of(request: Request) -> Language:
    """Return the language in which a reader is answered."""
    asked = request.query_params.get(PARAMETER, "")
    return chosen(asked, _remembered(request), request.headers.get("accept-language", ""))


def _remembered(request: Request) -> str:
    """Return the language that a cookie says. Whoever is refused at once is answered before it is known by which door.

    A browser sends the one of the TLS door by TLS alone; without TLS the other counts.
    """
    plain = "" if _is_by_tls(request) else request.cookies.get(COOKIE, "")
    return request.cookies.get(TLS_COOKIE, plain)


async def language_asked(request: Request) -> Language:
    """Return the language in which a page is asked for."""
    return language_of(request)


Speaking = Annotated[Language, Depends(language_asked)]
Part = Annotated[bool, Query(description="Only the part of the page that changes.")]


def html(request: Request, template: str, **given: object) -> HTMLResponse:
    """Return a page. A language that the address asks for is remembered by a cookie of this site alone."""
    speaking = language_of(request)
    drawn = templates.get_template(template).render(
        {
            "t": speaking,
            "languages": _links(request, speaking),
            "access": _access_of(request),
            "strip": list(warned(_caller_of(request), request.app.state.now())),
            **given,
        }
    )
    answer = HTMLResponse(drawn, headers={"Content-Language": speaking.tag, "Vary": "Accept-Language, Cookie"})
    if request.query_params.get(PARAMETER) in LOCALES and _is_let_in(request):
        name, by_tls = _cookie_of(request), _is_by_tls(request)
        answer.set_cookie(name, speaking.code, max_age=_A_YEAR_S, samesite="lax", httponly=True, secure=by_tls)
    return answer


def _is_let_in(request: Request) -> bool:
    """Say whether the door has been passed: before, it is not known whether he came by TLS, as a cookie must."""
    return CALLER in request.scope.get("state", {})


def _is_by_tls(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie_of(request: Request) -> str:
    return TLS_COOKIE if _is_by_tls(request) else COOKIE


def _access_of(request: Request) -> str:
    """Return where the header's link to access leads: to one's own account, or to the form for who has none."""
    return "/access" if _caller_of(request).identity else "/apply"


def _caller_of(request: Request) -> Caller:
    """Return who asks; nobody where he is refused before that is known."""
    caller: Caller = request.scope.get("state", {}).get(CALLER, _NOBODY)
    return caller


def base_of(request: Request) -> str:
    """Return scheme and host as the reader typed them: what a program elsewhere asks."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _links(request: Request, speaking: Language) -> list[LanguageLink]:
    kept = [(name, text) for name, text in request.query_params.multi_items() if name not in _UNTOLD]
    offered = [language(code) for code in LOCALES]
    return [
        LanguageLink(
            one.code,
            one.tag,
            one("language.name"),
            f"?{urlencode([*kept, (PARAMETER, one.code)])}",
            one is speaking,
        )
        for one in offered
    ]


async def on_problem(request: Request, fault: Exception) -> Response:
    """Answer a problem as a page where a person asks for one, in his language as far as its codes are known."""
    return _problem(request, problem_of(request, fault))


def on_refused(scope: Scope, problem: ProblemError) -> Response:
    """Answer who comes to no route in the same way: who is not known, asks too much, or sends too much."""
    return _problem(Request(scope), problem)


def _problem(request: Request, problem: ProblemError) -> Response:
    if not is_for_a_person(request):
        return problem_response(problem)
    page = html(request, "problem.html", problem=problem, readable=_runs(problem), instead=_instead(request, problem))
    page.status_code = problem.status.value
    page.headers.update(problem.headers or {})
    page.headers["Vary"] = f"Accept, {page.headers['Vary']}"
    return page


def _runs(problem: ProblemError) -> list[tuple[date | None, date | None]]:
    """Return the gas days that may be read, where a problem tells them: first and last of each run."""
    told = problem.more.get("readable") or []
    return [(_day(run["from"]), _day(run["to"], -1)) for run in told]


def _day(text: str | None, later: int = 0) -> date | None:
    return None if text is None else date.fromisoformat(text) + timedelta(days=later)


def _instead(request: Request, problem: ProblemError) -> str:
    """Return where a period that may be read is shown, "" where a problem names none: of the same line or node."""
    period = problem.more.get("instead")
    of = request.url.path.split("/")[1:3]
    return f"/{'/'.join(map(quote, of))}?{urlencode(period)}" if period and len(of) == 2 else ""
