"""Commands come in where a certificate is required: by the demo's own, or by the one that the environment names."""

from __future__ import annotations

import ssl
import urllib.request
from pathlib import Path

import pytest

from deploy.local import addresses
from deploy.local.addresses import Addresses
from gastrack.http_calls import call
from tests.integration.edge.proxies import Proxy


def test_they_come_with_the_demos_own_certificate(
    strict_edge: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it nobody answers; another address is asked without."""
    monkeypatch.setenv("GASTRACK_DATA", str(tmp_path))
    url, papers = f"https://127.0.0.1:{strict_edge.port}", strict_edge.papers
    assert call(f"{url}/v1/lines")[0] == 0
    files = (papers.certificate("authority"), papers.certificate("good"), papers.key("good"))
    addresses.write(tmp_path, Addresses("kafka", "mongodb", url, {}, *(str(file) for file in files)))
    status, told = call(f"{url}/v1/readings", b"{}")
    assert (status, told["service"], told["received"]) == (200, "ingest", 2)
    assert call(f"https://localhost:{strict_edge.port}/v1/lines")[0] == 0


def test_they_come_with_the_certificate_that_they_are_told(
    strict_edge: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the edge of an installation; what cannot be read is named."""
    monkeypatch.setenv("GASTRACK_DATA", str(tmp_path))
    url, papers = f"https://127.0.0.1:{strict_edge.port}/v1/readings", strict_edge.papers
    monkeypatch.setenv("GASTRACK_AUTHORITIES_FILE", str(papers.certificate("authority")))
    assert call(url, b"{}")[0] != 200
    monkeypatch.setenv("GASTRACK_CERTIFICATE_FILE", str(papers.certificate("good")))
    monkeypatch.setenv("GASTRACK_CERTIFICATE_KEY_FILE", str(papers.key("good")))
    assert call(url, b"{}")[0] == 200
    monkeypatch.setenv("GASTRACK_CERTIFICATE_KEY_FILE", str(tmp_path / "nowhere.pem"))
    status, told = call(url, b"{}")
    assert (status, "GASTRACK_CERTIFICATE_KEY_FILE" in told["title"]) == (0, True)


def test_an_answer_that_breaks_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With TLS 1.3 an edge may say that it wants a certificate where the answer is waited for; chance says when."""

    def breaks_off(*_: object, **__: object) -> None:
        raise ssl.SSLError("certificate required")

    monkeypatch.setattr(urllib.request, "urlopen", breaks_off)
    status, told = call("http://127.0.0.1:1/v1/readings", b"{}")
    assert (status, "certificate required" in told["title"]) == (0, True)
