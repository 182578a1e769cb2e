"""What the edge says of a request in its headers: by which door it came, with which certificate, from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from shared.domain.topology import Issue
from shared.runtime.edge.certificates import Shown
from shared.runtime.edge.door_secrets import DoorSecrets, DoorUsed
from shared.runtime.edge.forwarded import Forwarded
from shared.runtime.problem import ProblemError, forbidden

SECRET, CERTIFICATE, CAME_FROM = b"x-gastrack-edge", b"x-forwarded-client-cert", b"x-forwarded-for"


@dataclass(frozen=True, slots=True)
class Hop:
    """A request as the edge describes it; `address` is that of the edge's peer, "" where it says none."""

    door: DoorUsed
    shown: Shown | None
    address: str
    authorization: tuple[bytes, ...]


class Hops:
    """Reads the edge's headers, and refuses what the edge did not write."""

    def __init__(self, secrets: DoorSecrets) -> None:
        self._secrets, self._forwarded = secrets, Forwarded()

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> Hop:
        """Return what the edge says.

        Raises:
            ProblemError: 403 for who does not come by the edge; 400 for certificates that it did not forward so.
        """
        found: dict[bytes, list[bytes]] = {SECRET: [], CERTIFICATE: [], CAME_FROM: [], b"authorization": []}
        foreign = b""
        for name, value in headers:
            if name in found:
                found[name].append(value)
            elif b"cert" in name or b"gastrack" in name:
                foreign = name
        door = self._door(found[SECRET])
        if foreign:
            raise _not_forwarded("a header of this name comes from no edge of ours", foreign.decode("latin-1")[:64])
        shown = self._shown(door, found[CERTIFICATE])
        return Hop(door, shown, _address(found[CAME_FROM]), tuple(found[b"authorization"]))

    def _door(self, told: list[bytes]) -> DoorUsed:
        door = self._secrets.door_of(told[0]) if len(told) == 1 else None
        if door is None:
            raise forbidden("NOT_BY_THE_EDGE", "this service answers its edge alone: ask the one address")
        return door

    def _shown(self, door: DoorUsed, told: list[bytes]) -> Shown | None:
        if not told:
            return None
        if len(told) > 1 or door is DoorUsed.DEMO:
            raise _not_forwarded("a certificate is forwarded once, and by the TLS door alone")
        try:
            return self._forwarded.shown(told[0])
        except ValueError:
            raise _not_forwarded("no certificate is forwarded in this form") from None


def _address(told: list[bytes]) -> str:
    return told[-1].rpartition(b",")[2].strip().decode("latin-1")[:64] if told else ""


def _not_forwarded(message: str, position: str = "x-forwarded-client-cert") -> ProblemError:
    return ProblemError(HTTPStatus.BAD_REQUEST, [Issue("FORWARDED_CERTIFICATE", position, message)])
