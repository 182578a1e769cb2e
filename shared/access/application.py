"""An application for access: applied, reviewed by the commercial role, confirmed by the security role; or refused.

Two different people decide: one looks at the agreement and the lines, the other at the certificate. Each step is pure:
it returns the application that it leaves, or raises ChangeRefusedError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from shared.access.acting import Acting
from shared.access.caller import Caller
from shared.access.client import Client, Key
from shared.access.company import Agreement, Company
from shared.access.days import Run
from shared.access.refused import ChangeRefusedError, Kind, conflict, wrong
from shared.access.right import Right
from shared.access.roles import Role, Task
from shared.domain.topology import Issue


class State(StrEnum):
    """How far an application is."""

    APPLIED = "applied"
    REVIEWED = "reviewed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


TASKS = {State.APPLIED: Task.REVIEW, State.REVIEWED: Task.CONFIRM}
"""Who takes the next step, or refuses it."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A line or a node that is opened, for which time of use and on which gas days; as in Right."""

    use: Run
    days: Run
    line: str = ""
    node: str = ""
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody decided on an application, and when; reasons where he refused it."""

    state: State
    by: str
    at: datetime
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody applies for: his company by its name, an agreement, a role, lines and nodes, stations of a gateway.

    Nothing of it names him: his name and address rest elsewhere.
    """

    company: str
    agreement: Agreement
    role: Role
    lines: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it stands. `company` and `grants` are known once it was reviewed, `client` once confirmed."""

    id: str
    asked: Asked
    key: Key
    applied_at: datetime
    state: State = State.APPLIED
    steps: tuple[Step, ...] = ()
    company: str = ""
    agreement: str = ""
    grants: tuple[Grant, ...] = field(default=())
    client: str = ""

    def reviewed(self, acting: Acting, company: Company, agreement: str, grants: Sequence[Grant]) -> Application:
        """Return it as the commercial role accepts it, for a company of the register with one of its agreements.

        Raises:
            ChangeRefusedError: it is not waiting for that, or the agreement is over or none of the company's.
        """
        self._require(State.APPLIED)
        require_open(company, agreement, acting.today)
        step = Step(State.REVIEWED, acting.by, acting.at)
        granted = replace(self, company=company.id, agreement=agreement, grants=tuple(grants))
        return replace(granted, state=State.REVIEWED, steps=(*self.steps, step))

    def confirmed(self, acting: Acting, fingerprint: str, company: Company, client: str) -> Application:
        """Return it as the security role accepts it, who compared the key's fingerprint; `client` is the id he gets.

        Raises:
            ChangeRefusedError: it is not waiting for that, the same person reviewed it, the fingerprint is another one,
                or certificate or agreement are over by now.
        """
        self._require(State.REVIEWED)
        if acting.by == self.steps[-1].by:
            raise conflict("SAME_PERSON", "request", "you reviewed it: another person must confirm the certificate")
        if fingerprint != self.key.fingerprint:
            text = "this is not the fingerprint of the certificate's key: compare it with what the applicant reads out"
            raise conflict("FINGERPRINT", "fingerprint", text)
        if acting.at > self.key.not_after:
            raise conflict("CERTIFICATE_EXPIRED", "certificate", "it has expired by now: refuse the application")
        require_open(company, self.agreement, acting.today)
        step = Step(State.CONFIRMED, acting.by, acting.at)
        return replace(self, client=client, state=State.CONFIRMED, steps=(*self.steps, step))

    def refused(self, by: Caller, at: datetime, reasons: str) -> Application:
        """Return it as refused, by whoever would take the next step.

        Raises:
            ChangeRefusedError: it is decided already, or another role decides now.
        """
        task = TASKS.get(self.state)
        if task is None:
            raise self._decided()
        if not by.may(task):
            text = f"this needs a role that may {task.value}"
            raise ChangeRefusedError(Issue("ROLE", "request", text), kind=Kind.ROLE)
        step = Step(State.REFUSED, by.identity, at, reasons)
        return replace(self, state=State.REFUSED, steps=(*self.steps, step))

    def as_client(self, at: datetime) -> Client:
        """Return the client that a confirmed application makes."""
        key = replace(self.key, registered_at=at)
        stations = frozenset(self.asked.stations)
        return Client(self.client, self.company, frozenset({self.asked.role}), self.agreement, (key,), stations)

    def as_rights(self, ids: Sequence[str]) -> list[Right]:
        """Return the rights that a confirmed application opens for its client, one for each of its grants."""
        return [
            Right(
                *(name, self.company, grant.use, grant.days, grant.line, grant.node, grant.lines),
                client=self.client,
                agreement=self.agreement,
            )
            for name, grant in zip(ids, self.grants, strict=True)
        ]

    def _require(self, state: State) -> None:
        if self.state is not state:
            raise self._decided()

    def _decided(self) -> ChangeRefusedError:
        return conflict("STATE", "application", f"it is {self.state} already: look again, then decide")


def require_open(company: Company, agreement: str, today: date) -> None:
    """Raise where a company has no agreement of a number, or one that is over."""
    signed = company.agreement(agreement)
    if signed is None:
        raise wrong("UNKNOWN_AGREEMENT", "agreement", f"company {company.id} has no agreement {agreement[:64]!r}")
    if today >= signed.end:
        raise wrong("AGREEMENT_ENDED", "agreement", f"agreement {agreement} ended with {signed.end}: sign another one")
