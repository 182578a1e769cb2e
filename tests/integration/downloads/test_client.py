"""The client over a real service: whole and verified files, whatever happens on the way, and never half a one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from gastrack_client import (
    AsyncClient,
    Client,
    Downloaded,
    DownloadError,
    Keys,
    Mode,
    NotVerifiedError,
    Question,
    Reason,
    RefusedError,
    Retrying,
    UnavailableError,
    UnfinishedError,
)
from gastrack_client.errors import BusyError
from gastrack_client.part_file import PartFile
from shared.runtime.mongo import SyncDatabase
from tests.integration.downloads.conftest import AT_ONCE, LONG, OCTOBER
from tests.integration.downloads.rough_way import AWAY, RoughWay

HOURS_OF_OCTOBER = 745
NAME = "gastrack_BE-0042-A_hour_2026-10-01_2026-11-01_kWh.csv"
CUT = 200_000
"""Bytes after which an answer breaks off: within the file, compressed or not."""


def retrying(attempts: int) -> Retrying:
    """Return what tries so often, without waiting."""
    return Retrying(attempts=attempts, first_seconds=0.001)


def is_whole(done: Downloaded, rows: int = HOURS_OF_OCTOBER) -> bool:
    """Say whether a file, its manifest and nothing else is there."""
    content = done.file.read_bytes()
    assert {path.name for path in done.file.parent.iterdir()} == {done.file.name, done.manifest_file.name}
    assert hashlib.sha256(content).hexdigest() == done.manifest.sha256
    assert done.manifest.told["rows"] == rows
    return content.count(b"\r\n") == rows + 1


@pytest.mark.parametrize("mode", list(Mode))
def test_a_file_comes_into_a_folder(url: str, tmp_path: Path, mode: Mode) -> None:
    """Under the name that the service gives it, at once or as a job; how far it is, is told."""
    told: list[tuple[int, int | None]] = []
    with Client(url, retrying=AT_ONCE) as client:
        done = client.download(OCTOBER, tmp_path, mode=mode, on_progress=lambda *far: told.append(far))
    assert done.file == tmp_path / NAME
    assert is_whole(done)
    size = done.file.stat().st_size
    assert told[-1] == (size, size if mode is Mode.JOB else None)


@pytest.mark.parametrize("mode", list(Mode))
async def test_the_async_client_does_the_same(url: str, tmp_path: Path, mode: Mode) -> None:
    """It is the same one."""
    async with AsyncClient(url, retrying=AT_ONCE) as client:
        assert is_whole(await client.download(OCTOBER, tmp_path / "a.csv", mode=mode))


def test_a_job_writes_what_is_streamed(url: str, tmp_path: Path) -> None:
    """To the last byte."""
    with Client(url, retrying=AT_ONCE) as client:
        files = [client.download(LONG, tmp_path / f"{mode}.csv", mode=mode).file for mode in Mode]
    assert len({file.read_bytes() for file in files}) == 1


def test_a_streamed_file_that_breaks_off_begins_anew(way: RoughWay, tmp_path: Path) -> None:
    """Also after a service that is away; what came before is thrown away."""
    way.plan = [CUT, AWAY, CUT // 2]
    with Client(way.url, retrying=retrying(4)) as client:
        done = client.download(LONG, tmp_path, mode=Mode.AT_ONCE)
    assert is_whole(done, done.manifest.told["rows"])
    assert [head.split(" ")[1].split("?")[0] for head in way.seen][:4] == ["/v1/download"] * 4


def test_a_file_that_never_comes_leaves_the_old_one(way: RoughWay, tmp_path: Path) -> None:
    """Whoever reads it while we fetch reads a whole file; exit code: try again."""
    (tmp_path / "a.csv").write_text("yesterday's")
    way.always = CUT
    with Client(way.url, retrying=AT_ONCE) as client, pytest.raises(UnavailableError, match="tried 3 times") as fault:
        client.download(LONG, tmp_path / "a.csv", mode=Mode.AT_ONCE)
    assert fault.value.exit_code == 1
    assert (tmp_path / "a.csv").read_text() == "yesterday's"
    assert not (tmp_path / "a.csv.manifest").exists()


def test_what_is_refused_is_not_asked_again(way: RoughWay, tmp_path: Path) -> None:
    """The service's sentences are told; exit code: wrong use."""
    wrong = [
        (Question(lines=["NOPE"]), "NOT_FOUND line[0]"),
        (Question(lines=["BE-0042-A"], format="pdf"), "FORMAT format"),
    ]
    for mode in Mode:
        for question, sentence in wrong:
            with Client(way.url, retrying=AT_ONCE) as client, pytest.raises(RefusedError) as fault:
                client.download(question, tmp_path, mode=mode)
            assert sentence in str(fault.value)
            assert fault.value.exit_code == 2
    assert sum(" HTTP/1.1" in head for head in way.seen) == len(Mode) * len(wrong)


def test_the_file_of_a_job_goes_on_where_it_broke_off(way: RoughWay, tmp_path: Path) -> None:
    """Also in the next program: with the same order, and with the bytes that are there."""
    with Client(way.url, retrying=AT_ONCE) as client:
        size = client.download(LONG, tmp_path / "a.csv", mode=Mode.JOB).file.stat().st_size
    (tmp_path / "whole").mkdir()
    again = tmp_path / "whole" / "a.csv"
    way.always, way.seen = CUT, []
    with Client(way.url, retrying=retrying(1)) as client, pytest.raises(UnavailableError):
        client.download(LONG, again, mode=Mode.JOB)
    there = again.with_name("a.csv.part").stat().st_size
    assert 0 < there < size
    orders = [head for head in way.seen if head.startswith("POST")]
    way.always = None
    with Client(way.url, retrying=retrying(1)) as client:
        done = client.download(LONG, again, mode=Mode.JOB)
    assert is_whole(done, done.manifest.told["rows"])
    assert any(f"range: bytes={there}-" in head.lower() for head in way.seen)
    keys = {line for head in way.seen for line in head.lower().splitlines() if line.startswith("idempotency-key")}
    assert (len(orders), len(keys)) == (1, 1)


def test_a_job_that_breaks_off_again_and_again_comes_all_the_same(way: RoughWay, tmp_path: Path) -> None:
    """As long as something comes each time."""
    way.always = 1_000_000
    with Client(way.url, retrying=retrying(2)) as client:
        done = client.download(LONG, tmp_path, mode=Mode.JOB)
    assert is_whole(done, done.manifest.told["rows"])
    assert sum("/result " in head for head in way.seen) > 3


def test_a_job_that_takes_too_long_can_be_gone_on_with(url: str, tmp_path: Path) -> None:
    """The order is kept for the next program."""
    with Client(url, retrying=AT_ONCE) as client:
        with pytest.raises(DownloadError, match="not done after 0 s"):
            client.download(OCTOBER, tmp_path / "a.csv", mode=Mode.JOB, wait_seconds=0)
        assert list(tmp_path.glob("a.csv.*.order"))
        assert is_whole(client.download(OCTOBER, tmp_path / "a.csv", mode=Mode.JOB))


def test_an_order_that_is_gone_is_forgotten(url: str, tmp_path: Path, stored: SyncDatabase[dict[str, Any]]) -> None:
    """Whoever tries again orders anew."""
    with Client(url, retrying=AT_ONCE) as client:
        with pytest.raises(DownloadError, match="not done"):
            client.download(OCTOBER, tmp_path / "a.csv", mode=Mode.JOB, wait_seconds=0)
        stored["export_jobs"].update_many({}, {"$set": {"state": "failed", "problem": {"code": "DEFECT"}}})
        with pytest.raises(UnfinishedError, match="failed: DEFECT"):
            client.download(OCTOBER, tmp_path / "a.csv", mode=Mode.JOB)
        assert is_whole(client.download(OCTOBER, tmp_path / "a.csv", mode=Mode.JOB))


@pytest.mark.parametrize("mode", list(Mode))
def test_what_another_key_signed_is_not_taken(url: str, tmp_path: Path, mode: Mode) -> None:
    """Nothing stands under the name, and nothing is left of it."""
    pinned = Keys.of_pem(OKPKey.generate_key("Ed25519").as_pem(private=False))
    with Client(url, keys=pinned, retrying=AT_ONCE) as client, pytest.raises(NotVerifiedError) as fault:
        client.download(OCTOBER, tmp_path / "a.csv", mode=mode)
    assert (fault.value.reason, fault.value.exit_code) == (Reason.KEY, 1)
    assert not (tmp_path / "a.csv").exists()


def test_two_programs_do_not_fetch_one_file(url: str, tmp_path: Path) -> None:
    """The second one ends at once; cron has started it too early."""
    part = PartFile(tmp_path / "a.csv")
    part.open()
    with Client(url, retrying=AT_ONCE) as client, pytest.raises(BusyError):
        client.download(OCTOBER, tmp_path / "a.csv")
    part.close()


def test_the_client_goes_to_no_other_address(way: RoughWay, tmp_path: Path) -> None:
    """Not where a manifest's link leads elsewhere, nor by a redirect: our certificate is nobody else's business."""
    link = b'Link: <http://127.0.0.2/x>; rel="describedby"; type="application/jose"'
    elsewhere = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + link + b"\r\n\r\nx"
    redirect = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\nContent-Length: 0\r\n\r\n"
    for answer, sentence in ((elsewhere, "another address"), (redirect, "302")):
        way.plan = [answer]
        with Client(way.url, retrying=AT_ONCE) as client, pytest.raises(DownloadError, match=sentence):
            client.download(OCTOBER, tmp_path / "a.csv", mode=Mode.AT_ONCE)
