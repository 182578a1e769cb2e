"""Calls to the one address: with a certificate, tried again where that is safe, problems turned into sentences."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx2

from gastrack_client.errors import DownloadError, PassingError, RefusedError
from gastrack_client.retrying import PASSING, Attempts, Retrying, retry_after_seconds

TIMEOUT = httpx2.Timeout(120.0, connect=10.0)
"""Seconds: a wide question over many lines may take a while between two blocks; a connection may not."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a client certificate and its key as PEM files (one file may hold both), and whom to trust."""

    certificate: Path | None = None
    certificate_key: Path | None = None
    authority: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Return the TLS settings.

        Raises:
            OSError: a file cannot be read.
            ssl.SSLError: it holds no certificate or key.
        """
        for file in filter(None, (self.certificate, self.certificate_key, self.authority)):
            file.open("rb").close()  # names the file that cannot be read, which ssl does not
        context = ssl.create_default_context(cafile=self.authority)
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.certificate_key)
        return context


class Connection:
    """An HTTP client of one address."""

    def __init__(self, url: str, identity: Identity, retrying: Retrying) -> None:
        self.url, self.retrying = url.rstrip("/"), retrying
        self._http = httpx2.AsyncClient(base_url=self.url, verify=identity.context(), timeout=TIMEOUT)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, fault, trace)

    async def asked(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Return a good answer; the caller sees to it that asking twice is safe.

        Raises:
            RefusedError: it is refused.
            UnavailableError: nobody answers, however often it is tried.
        """
        attempts = Attempts(self.retrying)
        while True:
            try:
                with passing():
                    answer = await self._http.request(method, self.own(path), **options)
                return checked(answer)
            except PassingError as fault:
                await attempts.failed(fault)

    @asynccontextmanager
    async def streamed(self, path: str, **options: Any) -> AsyncIterator[httpx2.Response]:
        """Give a good answer whose body is still to come; once, and whoever reads it tries again.

        Raises:
            PassingError: it can be tried again.
            RefusedError: it is refused.
        """
        with passing():
            async with self._http.stream("GET", self.own(path), **options) as answer:
                if not answer.is_success:
                    await answer.aread()
                yield checked(answer)

    def own(self, link: str) -> str:
        """Return a link of an answer as a full address.

        Raises:
            DownloadError: it leads elsewhere; there our certificate is nobody's business.
        """
        target = urljoin(f"{self.url}/", link)
        if urlsplit(target)[:2] != urlsplit(self.url)[:2]:
            raise DownloadError(f"the service sends us to {link[:200]}, which is another address")
        return target


@contextmanager
def passing() -> Iterator[None]:
    """Tell what of the network passes by itself, in one sentence."""
    try:
        yield
    except (httpx2.TransportError, httpx2.DecodingError) as fault:
        if isinstance(fault, httpx2.UnsupportedProtocol):
            raise RefusedError(0, (), f"{fault}: an address begins with https://") from fault
        raise PassingError(f"{type(fault).__name__}: {str(fault) or 'the connection broke off'}") from fault


def checked(answer: httpx2.Response) -> httpx2.Response:
    """Return a good answer, or raise why it is none."""
    if answer.is_success:
        return answer
    codes, sentence = _told(answer)
    message = f"{answer.status_code} {answer.reason_phrase}: {sentence}"
    if answer.status_code in PASSING:
        raise PassingError(message, retry_after_seconds(answer.headers.get("Retry-After")))
    if answer.is_server_error:
        raise DownloadError(message)
    raise RefusedError(answer.status_code, codes, message)


def _told(answer: httpx2.Response) -> tuple[tuple[str, ...], str]:
    """Return the codes and the sentences of a problem (RFC 9457), or what else was answered."""
    try:
        issues: list[Mapping[str, str]] = json.loads(answer.content)["issues"]
        told = [(issue["code"], f"{issue['code']} {issue['position']}: {issue['message']}") for issue in issues]
    except (ValueError, KeyError, TypeError):
        return (), answer.text[:200]
    return tuple(code for code, _ in told), "; ".join(text for _, text in told)
