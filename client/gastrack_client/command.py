"""The command: for cron and for people. Exit code 0 good, 1 try again or found wrong, 2 wrong use."""

from __future__ import annotations

import argparse
import json
import os
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gastrack_client.blocking import Client
from gastrack_client.connection import Identity
from gastrack_client.errors import GOOD, WRONG, WRONG_USE, DownloadError, NotVerifiedError
from gastrack_client.manifest import Keys, Manifest, read_manifest, verify_file
from gastrack_client.options import downloading, question_of, verifying
from gastrack_client.part_file import write_whole
from gastrack_client.progress import shown
from gastrack_client.retrying import Retrying

VERIFY = "verify"
EVER = "1970-01-01T00:00:00Z"


def main(arguments: Sequence[str] | None = None, program: str = "gastrack-client", url: str = "") -> int:
    """Run the command and return its exit code; `url` is the address where neither options nor environment name one."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    address = os.environ.get("GASTRACK_URL") or url
    try:
        if given[:1] == [VERIFY]:
            return _verify(verifying(program, address).parse_args(given[1:]))
        return _download(downloading(program, address).parse_args(given))
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return WRONG


def _download(options: argparse.Namespace) -> int:
    try:
        since = _since(options)
        client = _client(options)
    except (OSError, ValueError) as fault:
        return _complain(options, "WRONG_USE", str(fault), WRONG_USE)
    try:
        with client, shown(wanted=options.progress and not options.json) as on_progress:
            done = client.download(
                question_of(options, since),
                options.out,
                mode=options.mode,
                on_progress=on_progress,
                wait_seconds=options.wait,
            )
        if options.since_file is not None and done.manifest.next_since:
            write_whole(options.since_file, done.manifest.next_since + "\n")
    except DownloadError as fault:
        return _complain(options, _code(fault), str(fault), fault.exit_code)
    _say(options, done.file, done.manifest)
    return GOOD


def _since(options: argparse.Namespace) -> str:
    """Return the moment since which changes are asked for; where a file keeps it and has none yet, all of them."""
    file: Path | None = options.since_file
    if file is None:
        return str(options.since)
    return (file.read_text(encoding="utf-8").strip() if file.exists() else "") or EVER


def _verify(options: argparse.Namespace) -> int:
    try:
        text, _ = options.manifest.read_text(encoding="ascii"), options.file.stat()
        keys = _given_keys(options) or _published_keys(options)
    except (OSError, ValueError) as fault:
        return _complain(options, "WRONG_USE", str(fault), WRONG_USE)
    except DownloadError as fault:
        return _complain(options, _code(fault), str(fault), fault.exit_code)
    try:
        manifest = read_manifest(text, keys)
        verify_file(options.file, manifest)
    except NotVerifiedError as fault:
        return _complain(options, fault.reason, str(fault), fault.exit_code)
    _say(options, options.file, manifest)
    return GOOD


def _client(options: argparse.Namespace) -> Client:
    """Return the client that options ask for.

    Raises:
        ValueError: no address, or a file that is not what it should be.
        OSError: a file cannot be read.
    """
    if not options.url:
        raise ValueError("name the address: --url https://… or GASTRACK_URL")
    identity = Identity(options.certificate, options.certificate_key, options.ca)
    try:
        return Client(options.url, identity=identity, keys=_given_keys(options), retrying=_retrying(options))
    except ssl.SSLError as fault:  # an OSError whose text names neither file nor option
        raise ValueError(f"--certificate, --certificate-key or --ca: {fault.reason or fault}") from fault


def _retrying(options: argparse.Namespace) -> Retrying:
    return Retrying(attempts=getattr(options, "attempts", Retrying().attempts))


def _given_keys(options: argparse.Namespace) -> Keys | None:
    if options.key is None:
        return None
    try:
        return Keys.of_pem(options.key.read_bytes())
    except ValueError as fault:
        raise ValueError(f"{options.key}: {fault}") from fault


def _published_keys(options: argparse.Namespace) -> Keys:
    if not options.url:
        raise ValueError("name the public key: --key FILE, or the address that publishes it: --url https://…")
    with _client(options) as client:
        return client.keys()


def _code(fault: DownloadError) -> str:
    if isinstance(fault, NotVerifiedError):
        return fault.reason
    return type(fault).__name__.removesuffix("Error").upper()


def _say(options: argparse.Namespace, file: Path, manifest: Manifest) -> None:
    told: dict[str, Any] = dict(manifest.told)
    if options.json:
        sys.stdout.write(json.dumps({"file": str(file), "key": manifest.key_id, "manifest": told}) + "\n")
        return
    hours = f"{told.get('hours_present', 0):,} of {told.get('hours_expected', 0):,} hours present"
    sys.stdout.write(f"{file}: {told.get('rows', 0):,} rows, {hours}, verified with key {manifest.key_id}\n")


def _complain(options: argparse.Namespace, code: str, text: str, exit_code: int) -> int:
    if options.json:
        sys.stdout.write(json.dumps({"error": code, "message": text}) + "\n")
    else:
        sys.stderr.write(text + "\n")
    return exit_code
