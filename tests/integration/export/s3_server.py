"""A real server that speaks S3, for tests: Versity's gateway over a folder, built where Go is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

from deploy.local.kafka_jars import cache_folder
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.process import WatchedProcess

MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
BUILD_SECONDS = 540.0
"""Half a minute on two idle cores, its modules fetched; a second where they are there."""
ACCESS, SECRET, REGION, BUCKET = "gastrack-test", "gastrack-test-secret", "us-east-1", "results"


def program() -> Path | None:
    """Return the server's program: on the path, in the cache, or built now; None where there is no Go."""
    if found := shutil.which("versitygw"):
        return Path(found)
    folder = cache_folder() / "versitygw-1.8.0"
    if not (folder / "versitygw").exists():
        go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
        if go is None:
            return None
        environment = {**os.environ, "GOBIN": str(folder)}
        done = subprocess.run(
            [go, "install", MODULE], env=environment, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS
        )
        if done.returncode:
            return None
    return folder / "versitygw"


class S3Server:
    """A server with one empty bucket, its objects in a folder."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._port = free_ports(1)[0]
        data, beside = folder / "objects", folder / "beside"
        for made in (data / BUCKET, beside):
            made.mkdir(parents=True)
        self._data = data
        keys = {"ROOT_ACCESS_KEY": ACCESS, "ROOT_SECRET_KEY": SECRET}
        command = [str(binary), "--port", f"{LOOPBACK}:{self._port}", "--region", REGION, "--quiet"]
        self.process = WatchedProcess(
            "s3", [*command, "posix", "--sidecar", str(beside), str(data)], folder / "s3.log", {**os.environ, **keys}
        )

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.process.start()
        self.process.wait_until(self._listens, 30)

    def _listens(self) -> bool:
        with socket.socket() as asked:
            return asked.connect_ex((LOOPBACK, self._port)) == 0

    def objects(self) -> list[str]:
        """Return the names of what is stored."""
        bucket = self._data / BUCKET
        return sorted(str(path.relative_to(bucket)) for path in bucket.rglob("*") if path.is_file())
