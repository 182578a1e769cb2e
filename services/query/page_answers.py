"""How a page is answered: drawn in the reader's language, with headers that keep it safe and fresh."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.query.languages import LOCALES, Language, chosen, language
from shared.runtime.http import problem_of
from shared.runtime.http_state import caller_of
from shared.runtime.problem import problem_response

_HERE = Path(__file__).parent
COOKIE, PARAMETER = "lang", "lang"
"""A chosen language is remembered; the address asks for it by this parameter."""
_A_YEAR_S = 365 * 86_400
_UNTOLD = (PARAMETER, "part")
"""Parameters that links to the same page leave out."""
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
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
    return chosen(asked, request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))


async def language_asked(request: Request) -> Language:
    """Return the language in which a page is asked for."""
    return language_of(request)


Speaking = Annotated[Language, Depends(language_asked)]
Part = Annotated[bool, Query(description="Only the part of the page that changes.")]


def html(request: Request, template: str, **given: object) -> HTMLResponse:
    """Return a page. A language that the address asks for is remembered by a cookie of this site alone."""
    speaking = language_of(request)
    drawn = templates.get_template(template).render(
        t=speaking, languages=_links(request, speaking), access=_access_of(request), **given
    )
    answer = HTMLResponse(drawn, headers={"Content-Language": speaking.tag, "Vary": "Accept-Language, Cookie"})
    if request.query_params.get(PARAMETER) in LOCALES:
        answer.set_cookie(COOKIE, speaking.code, max_age=_A_YEAR_S, samesite="lax", httponly=True)
    return answer


def _access_of(request: Request) -> str:
    """Return where the header's link to access leads: to one's own account, or to the form for who has none."""
    return "/access" if caller_of(request).identity else "/apply"


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
    problem = problem_of(request, fault)
    if not _is_for_a_person(request):
        return problem_response(problem)
    page = html(request, "problem.html", problem=problem)
    page.status_code = problem.status.value
    page.headers.update(problem.headers or {})
    return page


def _is_for_a_person(request: Request) -> bool:
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")


class PageHeaders:
    """Adds the security headers to every answer, and lets browsers ask again where nothing else is said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-cache"}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
