"""A file and its manifest, verified offline: whatever is changed is refused, each thing with its own reason."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from gastrack_client import Keys, NotVerifiedError, Reason, read_manifest, verify_file
from gastrack_client.command import main

KEY, OTHER = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
CONTENT = b"line,start,volume_m3n\r\nBE-0042-A,2026-11-23T10:00:00Z,1234.567\r\n"
KEYS = Keys.of_pem(KEY.as_pem(private=False))


def signed(told: dict[str, Any], key: OKPKey = KEY, **header: str) -> str:
    """Return what somebody signs."""
    said = {"alg": "Ed25519", "kid": key.thumbprint(), "typ": "gastrack-manifest+jws", **header}
    return jws.serialize_compact(said, json.dumps(told).encode(), key, algorithms=["Ed25519"])


TOLD = {"rows": 1, "file": {"name": "a.csv", "size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}}
MANIFEST = signed(TOLD)


def reason_of(text: str, keys: Keys = KEYS) -> Reason:
    """Return why a manifest is refused."""
    with pytest.raises(NotVerifiedError) as refused:
        read_manifest(text, keys)
    return refused.value.reason


def test_what_is_as_it_was_signed_is_good(tmp_path: Path) -> None:
    """Manifest and file."""
    file = tmp_path / "a.csv"
    file.write_bytes(CONTENT)
    manifest = read_manifest(MANIFEST + "\n", KEYS)
    verify_file(file, manifest)
    assert (manifest.told["rows"], manifest.key_id, manifest.next_since) == (1, KEY.thumbprint(), "")


@given(st.integers(0, len(MANIFEST) * 8 - 1))
def test_no_bit_of_a_manifest_can_be_flipped(bit: int) -> None:
    """Also not one of those at the end of a part that base64url leaves without meaning."""
    changed = bytearray(MANIFEST.encode())
    changed[bit // 8] ^= 1 << bit % 8
    assert reason_of(changed.decode("latin-1")) in {Reason.FORM, Reason.KEY, Reason.SIGNATURE}


@pytest.mark.parametrize("bit", range(0, len(CONTENT) * 8, 37))
def test_no_bit_of_a_file_can_be_flipped(tmp_path: Path, bit: int) -> None:
    """The digest says so."""
    changed = bytearray(CONTENT)
    changed[bit // 8] ^= 1 << bit % 8
    (tmp_path / "a.csv").write_bytes(changed)
    with pytest.raises(NotVerifiedError, match="DIGEST"):
        verify_file(tmp_path / "a.csv", read_manifest(MANIFEST, KEYS))


def test_each_change_has_its_reason(tmp_path: Path) -> None:
    """So that whoever finds it knows where to look."""
    header, payload, signature = MANIFEST.split(".")
    _, other_payload, other_signature = signed({**TOLD, "rows": 2}).split(".")
    assert reason_of(f"{header}.{other_payload}.{signature}") is Reason.SIGNATURE
    assert reason_of(f"{header}.{payload}.{other_signature}") is Reason.SIGNATURE
    assert reason_of(MANIFEST, Keys.of_pem(OTHER.as_pem(private=False))) is Reason.KEY
    assert reason_of(signed(TOLD, OTHER)) is Reason.KEY
    assert reason_of(signed(TOLD, OTHER, kid=KEY.thumbprint())) is Reason.SIGNATURE
    file = tmp_path / "a.csv"
    for content, reason in ((CONTENT[:-1], Reason.SIZE), (CONTENT[:-1] + b"\r", Reason.DIGEST)):
        file.write_bytes(content)
        with pytest.raises(NotVerifiedError) as refused:
            verify_file(file, read_manifest(MANIFEST, KEYS))
        assert refused.value.reason is reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "....",
        "not a manifest",
        "e30.e30.e30",
        MANIFEST + "=",
        "\N{SNOWMAN}." * 2,
        signed(TOLD, typ="JWT"),
        signed({"file": {"size": 1}}),
        signed({"file": {"size": "x", "sha256": "00"}}),
        signed({"file": {"size": 1, "sha256": "zz"}}),
    ],
)
def test_what_is_no_manifest_is_refused_as_none(text: str) -> None:
    """Whatever it is, and also where our own key has signed it."""
    assert reason_of(text) is Reason.FORM


def test_a_manifest_without_a_signature_is_none() -> None:
    """`alg: none` and every other algorithm are none that we sign with."""
    payload = MANIFEST.split(".")[1]
    for header in ("eyJhbGciOiJub25lIn0", "eyJhbGciOiJub25lIiwidHlwIjoiZ2FzdHJhY2stbWFuaWZlc3Qrandzd3MifQ"):
        assert reason_of(f"{header}.{payload}.") is Reason.FORM


def test_keys_that_verify_nothing_are_none() -> None:
    """Another curve, a text that is no PEM."""
    with pytest.raises(ValueError, match="no Ed25519 key"):
        Keys.of_pem(OKPKey.generate_key("X25519").as_pem(private=False))
    with pytest.raises(ValueError, match="no PEM"):
        Keys.of_pem(b"no key")
    assert Keys.of_set({"keys": [OKPKey.generate_key("X25519").as_dict(private=False)]}).of == {}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file, its manifest and two keys; no address is known."""
    monkeypatch.delenv("GASTRACK_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_bytes(CONTENT)
    (tmp_path / "a.csv.manifest").write_text(MANIFEST)
    (tmp_path / "key.pem").write_bytes(KEY.as_pem(private=False))
    (tmp_path / "other.pem").write_bytes(OTHER.as_pem(private=False))
    return tmp_path


VERIFY = ["verify", "a.csv", "a.csv.manifest"]


def test_the_command_says_good(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To people and to programs."""
    assert main([*VERIFY, "--key", "key.pem"]) == 0
    assert capsys.readouterr().out == (
        f"a.csv: 1 rows, 0 of 0 hours present, verified with key {KEY.thumbprint()}\n"
    ), folder
    assert main([*VERIFY, "--key", "key.pem", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["manifest"] == TOLD


def test_the_command_says_what_it_found_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and the reason first."""
    assert main([*VERIFY, "--key", "other.pem"]) == 1
    assert capsys.readouterr().err.startswith("KEY: ")
    (folder / "a.csv").write_bytes(CONTENT + b"\r\n")
    assert main([*VERIFY, "--key", "key.pem", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"] == "SIZE"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (VERIFY, "--key FILE"),
        ([*VERIFY, "--key", "a.csv"], "no PEM"),
        ([*VERIFY, "--key", "none.pem"], "none.pem"),
        (["verify", "none.csv", "a.csv.manifest", "--key", "key.pem"], "none.csv"),
        ([], "GASTRACK_URL"),
        (["--url", "https://127.0.0.1:1", "--certificate", "key.pem"], "--certificate"),
        (["--url", "https://127.0.0.1:1", "--ca", "none.pem"], "none.pem"),
        (["--url", "ftp://nobody"], "https://"),
    ],
)
def test_the_command_says_what_is_wrong_use(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], word: str
) -> None:
    """Exit code 2, and what to write instead."""
    assert main(arguments) == 2
    assert word in capsys.readouterr().err, folder


def test_options_that_do_not_exist_are_wrong_use() -> None:
    """As argparse says it."""
    for arguments in (["--nonsense"], ["--attempts", "0"], ["verify", "one"], ["--mode", "slowly"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
