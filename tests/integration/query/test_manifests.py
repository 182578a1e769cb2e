"""What goes with a file: a manifest that tells what was asked and what came of it, signed, for who fetched it alone."""

from __future__ import annotations

import base64
import hashlib
import json
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

from deploy.local.servers import Servers
from services.export.files.asked import FileFormat
from services.export.wiring import application
from shared.domain.rules.catalogue import RULES_VERSION
from shared.runtime.door import open_door
from shared.runtime.mongo import SyncDatabase, connect
from shared.runtime.version import SOFTWARE_VERSION
from shared.store.signing import Signer, given_key
from tests.integration.query.clients import client_of
from tests.integration.query.conftest import NOW

ASKED = {"line": ["BE-0042-A", "BE-0042-B"], "from": "2026-10-01", "to": "2026-11-01", "unit": "MJ"}
HOURS_OF_OCTOBER = 31 * 24 + 1
MISSING_OF_A = 5


async def fetched(export: httpx2.AsyncClient, **more: str) -> tuple[httpx2.Response, str]:
    """Return a file's answer, and its manifest."""
    file = await export.get("/v1/download", params={**ASKED, **more})
    assert file.status_code == 200
    manifest = await export.get(file.links["describedby"]["url"])
    assert manifest.status_code == 200
    assert manifest.headers["content-type"] == "application/jose"
    return file, manifest.text


async def told(export: httpx2.AsyncClient, manifest: str) -> dict[str, Any]:
    """Return what a manifest tells, verified with the published keys."""
    keys = KeySet.import_key_set((await export.get("/v1/keys")).json())
    verified = jws.deserialize_compact(manifest, keys, algorithms=["Ed25519"])
    assert verified.headers()["typ"] == "gastrack-manifest+jws"
    said: dict[str, Any] = json.loads(verified.payload)
    return said


@pytest.mark.parametrize("form", [FileFormat.CSV, FileFormat.XML])
async def test_a_manifest_tells_of_its_file(export: httpx2.AsyncClient, form: FileFormat) -> None:
    """Its bytes, its rows, what is missing among them, and what was asked, in the words in which it was asked."""
    file, manifest = await fetched(export, format=form)
    said = await told(export, manifest)
    assert said["file"]["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert said["file"]["size"] == len(file.content)
    assert said["file"]["name"] in file.headers["content-disposition"]
    assert said["file"]["media_type"] == file.headers["content-type"]
    assert said["rows"] == said["hours_expected"] == 2 * HOURS_OF_OCTOBER
    assert said["hours_present"] == HOURS_OF_OCTOBER - MISSING_OF_A  # BE-0042-B has none
    assert said["query"] == {**ASKED, "format": form}
    assert said["period"] == {"view": "hour", "from": "2026-10-01", "to": "2026-11-01"}
    assert said["software"] == {"name": "gastrack", "version": SOFTWARE_VERSION}
    assert (said["rules_version"], said["moments"]) == (RULES_VERSION, 1)
    assert said["created"] == "2026-11-23T19:31:00.000Z"


async def test_it_tells_since_when_to_ask_next(export: httpx2.AsyncClient) -> None:
    """Just before the watermark: of that moment itself more may become known; and when the latest change did."""
    said = await told(export, (await fetched(export))[1])
    assert said["next_since"] == "2026-11-23T19:30:59.999Z"
    assert said["known_at"] == "2026-11-01T05:05:00.000Z"


async def test_openssl_verifies_a_manifest(export: httpx2.AsyncClient, tmp_path: Path) -> None:
    """With the published PEM, and nothing of ours or of JOSE."""
    _, manifest = await fetched(export)
    signed, _, signature = manifest.rpartition(".")
    kid = jws.extract_compact(manifest.encode()).headers()["kid"]
    (tmp_path / "signed").write_text(signed)
    (tmp_path / "signature").write_bytes(base64.urlsafe_b64decode(signature + "=="))
    (tmp_path / "key.pem").write_bytes((await export.get(f"/v1/keys/{kid}")).content)
    assert len(signature) == 86
    options = ("-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "signed", "-sigfile", "signature")
    done = await create_subprocess_exec("openssl", "pkeyutl", *options, cwd=tmp_path, stdout=PIPE)
    assert (await done.communicate())[0] == b"Signature Verified Successfully\n"


async def test_a_file_that_was_cut_off_has_no_manifest(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> None:
    """What was not given out to its end is vouched for by nobody."""
    store = connect(stack.mongo_uri, database.name)
    async with client_of(application(store, open_door("demo"), lambda: NOW)) as export:
        head = await export.head("/v1/download", params=ASKED)
        assert (await export.get(head.links["describedby"]["url"])).status_code == 404
    store.client.close()


async def test_a_manifest_is_for_who_fetched_the_file(
    stack: Servers, database: SyncDatabase[dict[str, Any]], export: httpx2.AsyncClient
) -> None:
    """Anybody else is answered what is answered for one that never was."""
    file, _ = await fetched(export)
    store = connect(stack.mongo_uri, database.name)
    async with client_of(application(store, open_door("somebody else"), lambda: NOW)) as theirs:
        other = await theirs.get(file.links["describedby"]["url"])
        unknown = await theirs.get("/v1/manifests/0")
    assert (other.status_code, other.json()) == (404, unknown.json())
    store.client.close()


@pytest.fixture
async def given(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> AsyncIterator[tuple[OKPKey, Any]]:
    """A key that the service is given, and a client of a service that has it."""
    key, store = OKPKey.generate_key("Ed25519"), connect(stack.mongo_uri, database.name)
    async with client_of(application(store, open_door("demo"), lambda: NOW, signer=Signer(store, key))) as client:
        yield key, client
    store.client.close()


async def test_a_given_key_signs_and_earlier_ones_stay_published(
    given: tuple[OKPKey, httpx2.AsyncClient], export: httpx2.AsyncClient
) -> None:
    """What was signed before the key was changed is verified all the same."""
    _, before = await fetched(export)
    key, client = given
    _, after = await fetched(client)
    assert jws.extract_compact(after.encode()).headers()["kid"] == key.thumbprint()
    for manifest in (before, after):
        await told(client, manifest)
    keys = (await client.get("/v1/keys")).json()["keys"]
    assert {jwk["kid"] for jwk in keys} >= {key.thumbprint()}
    assert all(set(jwk) == {"kty", "crv", "x", "kid", "use", "alg"} for jwk in keys), "nothing private"


async def test_all_processes_over_a_store_share_one_key(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> None:
    """Whichever of them is asked first."""
    store = connect(stack.mongo_uri, database.name)
    first, second = [await Signer(store).key() for _ in range(2)]
    assert first.thumbprint() == second.thumbprint()
    store.client.close()


async def test_an_unknown_key_is_not_found(export: httpx2.AsyncClient) -> None:
    """Also the name under which the private one rests."""
    assert [(await export.get(f"/v1/keys/{name}")).status_code for name in ("own", "x")] == [404, 404]


@pytest.mark.parametrize("content", ["", "no key", "public", "x25519"])
def test_a_wrong_key_file_ends_the_start(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With a sentence that names the setting and the file, and nothing of its content."""
    made = {
        "public": OKPKey.generate_key("Ed25519").as_pem(private=False).decode(),
        "x25519": OKPKey.generate_key("X25519").as_pem(private=True).decode(),
    }.get(content, content)
    file = tmp_path / "key.pem"
    file.write_text(made)
    with pytest.raises(SystemExit) as ended:
        given_key(file, "EXPORT_SIGNING_KEY_FILE")
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith(f"GASTRACK_EXPORT_SIGNING_KEY_FILE: {file}: ")
    assert "BEGIN" not in said
