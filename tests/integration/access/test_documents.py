"""What docs/access.md tells people to write works: all of it in one go, against the service and the database."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Scope

from deploy.local.ports import free_ports
from deploy.local.servers import Servers
from services.query.wiring import application
from shared.access.caller import Caller
from shared.access.certificates.certificate import read_authorities
from shared.runtime.edge.admission import SHOWN
from shared.runtime.edge.certificates import Shown, shown_in
from shared.runtime.http_face import HttpFace
from shared.runtime.http_state import utc_now
from shared.runtime.mongo import Database, SyncDatabase
from shared.store.access.register import ClientRegister
from tests.integration.query import stored_lines
from tests.pipeline.running import ROOT

PAGE = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
ADDRESS = "https://gas.example"
CURL = """#!/bin/sh
# Stands for the proxy: who shows a certificate is told to the service, here by a header.
for word; do
  shift
  case "$word" in
    --cert) is_cert=yes ;;
    --key) is_key=yes ;;
    *)
      if [ -n "$is_cert" ]; then set -- "$@" -H "x-certificate: $PWD/$word"; is_cert=
      elif [ -n "$is_key" ]; then is_key=
      else set -- "$@" "$word"; fi ;;
  esac
done
exec "{curl}" "$@"
"""


def tools(folder: Path) -> str:
    """Return the search path of a machine on which the command is installed, with a curl that needs no proxy."""
    curl = shutil.which("curl")
    assert curl, "the page needs curl"
    written = {
        "curl": CURL.replace("{curl}", curl),
        "gastrack": f'#!/bin/sh\nexec "{sys.executable}" -m gastrack "$@"\n',
    }
    folder.mkdir()
    for name, text in written.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def certificate_in(file: Path) -> Shown:
    """Return what names the certificate in a file."""
    return shown_in(file.read_bytes())


async def face_over(database: Database, authorities: bytes) -> tuple[HttpFace, str]:
    """Start the query service; a client is known by the certificate that a header names."""
    register = ClientRegister(database, utc_now)

    async def admit(scope: Scope) -> Caller:
        file = dict(scope["headers"]).get(b"x-certificate")
        if file is None:
            return Caller("")
        shown = certificate_in(Path(file.decode()))
        scope.setdefault("state", {})[SHOWN] = shown
        return await register.caller_with_key(shown.fingerprint)

    (port,) = free_ports(1)
    app = application(database, admit, authorities=read_authorities(authorities))
    face = HttpFace(app, "127.0.0.1", port, 1)
    await face.start()
    return face, f"http://127.0.0.1:{port}"


async def run(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Run blocks of the page; return what they say."""
    command = await asyncio.create_subprocess_exec(
        *("sh", "-c", f"set -eu\n{script}"),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await command.communicate()
    assert command.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.skipif(not shutil.which("openssl"), reason="the page needs openssl")
async def test_the_commands_work(
    database: Database, store: SyncDatabase[dict[str, Any]], stack: Servers, tmp_path: Path
) -> None:
    """Anna applies, is reviewed and confirmed, renews, is ended and erased; every step stands in the chain."""
    stored_lines.register(store, stored_lines.a_line())
    first, *rest = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    environment = {
        **os.environ,
        "PATH": tools(tmp_path / "bin"),
        "PYTHONPATH": str(ROOT),
        "GASTRACK_MONGO_URI": stack.mongo_uri,
        "GASTRACK_MONGO_DATABASE": database.name,
        "GASTRACK_KAFKA_BOOTSTRAP": stack.kafka_bootstrap,
        "GASTRACK_URL": ADDRESS,
    }
    await run(first, tmp_path, environment)
    face, url = await face_over(database, (tmp_path / "authorities.pem").read_bytes())
    try:
        again = "".join(first.partition("issue() {")[1:])  # what later blocks use of the first one
        said = await run("\n".join([again, *rest]).replace(ADDRESS, url), tmp_path, environment)
    finally:
        await face.stop()
    assert '"state":"confirmed"' in said
    assert "Beste Anna Peeters," in said
    assert '"what":"person.erased"' in said
    assert "12 events of the access register, unbroken" in said
    assert "Anna" not in str(list(store["access_events"].find()))
