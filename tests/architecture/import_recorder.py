"""Imports modules one by one and tells what each did to the outside world meanwhile; run as a program of its own.

Only what the project's own code does counts: what a library does while it is being imported is its own affair, except
that no one may reach the network. Prints one line for each deed: the module, and what it did.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import NoReturn

OURS = ("gastrack", "deploy", "services", "shared", "client")
NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto")
FILES = ("open", "os.listdir", "os.scandir", "os.mkdir")
STARTS = ("subprocess.Popen", "os.fork", "os.posix_spawn", "socket.__new__", "os.putenv")
DEEDS = (*FILES, *STARTS)


PLUGIN_SEARCH = "pydantic/plugin/_loader.py"
"""Where pydantic looks for its plugins when the first model is defined: its own affair, like an import."""


class RecordingEnvironment(os._Environ[str]):
    """The environment, which remembers that our code looked into it."""

    def __init__(self, real: os._Environ[str], deeds: list[str]) -> None:
        super().__init__(real._data, real.encodekey, real.decodekey, real.encodevalue, real.decodevalue)  # type: ignore[attr-defined]  # the standard library's own fields
        self._deeds = deeds

    def __getitem__(self, key: str) -> str:
        if _is_ours(sys._getframe(1)):
            self._deeds.append(f"reads {key} from the environment")
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        if _is_ours(sys._getframe(1)):
            self._deeds.append("reads the environment")
        return super().__iter__()


def _is_ours(frame: FrameType | None) -> bool:
    """Say whether our code did it: going out from the deed, our code comes before the machinery of an import."""
    while frame is not None:
        code: CodeType = frame.f_code
        if code.co_filename.startswith("<frozen importlib") or code.co_filename.endswith(PLUGIN_SEARCH):
            return False
        if str(frame.f_globals.get("__name__", "")).split(".")[0] in OURS:
            return True
        frame = frame.f_back
    return False


def _refuse(event: str) -> NoReturn:
    raise PermissionError(f"no network while modules are imported: {event}")


def _record_threads(deeds: list[str]) -> None:
    """Note each thread that our code starts: before Python 3.12 there is no audit event for it."""
    start = threading.Thread.start

    def recorded(thread: threading.Thread) -> None:
        if _is_ours(sys._getframe(1)):
            deeds.append("starts a thread")
        start(thread)

    threading.Thread.start = recorded  # type: ignore[method-assign, assignment]  # only in this process, to see who calls it


def main(names: list[str]) -> None:
    """Import each module, and print what it did."""
    deeds: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in NETWORK:
            deeds.append(f"reaches the network: {event}")
            _refuse(event)
        if event in DEEDS and _is_ours(sys._getframe(1)):
            deeds.append(f"{event} {arguments[:1]}")

    sys.addaudithook(watch)
    _record_threads(deeds)
    os.environ = RecordingEnvironment(os.environ, deeds)  # noqa: B003 - what is read is to be recorded, not changed
    for name in names:
        importlib.import_module(name)
        for deed in deeds:
            print(f"{name}: {deed}")  # noqa: T201 - the answer of this program
        deeds.clear()


if __name__ == "__main__":
    main(sys.argv[1:])
