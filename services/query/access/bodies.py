"""What is sent to change the access register: forms, and what they mean for the domain."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.access.application import Asked, Grant
from shared.access.company import Agreement
from shared.access.days import Run
from shared.access.roles import Role
from shared.domain.period import day_of
from shared.domain.topology import Issue
from shared.runtime.problem import unprocessable

_ID = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
Id = Annotated[str, Field(pattern=_ID)]
CompanyId = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", examples=["ACME"])]
Day = Annotated[str, Field(pattern=_DAY, description="A gas day, 1990 to 2099.", examples=["2026-01-01"])]
Until = Annotated[str, Field(pattern=_DAY, description="The first gas day after it.", examples=["2029-01-01"])]
Number = Annotated[str, Field(pattern=_ID, description="Of an agreement.", examples=["A-2026-17"])]
Fingerprint = Annotated[
    str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the public key (DER SubjectPublicKeyInfo), in hex.")
]
Pem = Annotated[
    str,
    Field(
        min_length=1,
        max_length=32_000,
        description="Certificate as PEM, followed by those of authorities between it and the trusted one. Never a key.",
        examples=["-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"],
    ),
]
Line = Annotated[str, Field(pattern=_ID, examples=["BE-0042-A"])]
Node = Annotated[str, Field(pattern=_ID, examples=["NODE-1"])]
ApplicantRole = Literal["reader", "downloader", "administrator", "gateway"]


class Body(BaseModel):
    """A body that says what it means, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class PersonBody(Body):
    """Who applies: the only data of a person that are kept, apart from everything else, until they are erased."""

    name: str = Field(min_length=1, max_length=200, examples=["Anna Peeters"])
    email: str = Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$", examples=["anna@acme.example"])


class AgreementBody(Body):
    """What a company has signed; access ends with it."""

    number: Number
    from_: Day = Field(alias="from")
    until: Until

    @property
    def agreement(self) -> Agreement:
        """The agreement; raises 422 where it ends before it begins."""
        return Agreement(self.number, *run_of("", self.from_, self.until))


class ApplicationBody(Body):
    """An application for access of one user or program."""

    company: str = Field(min_length=1, max_length=200, description="Its name.", examples=["Acme NV"])
    agreement: AgreementBody
    person: PersonBody
    role: ApplicantRole = Field(examples=["downloader"])
    lines: list[Line] = Field([], max_length=1000, description="Lines that are wanted.")
    nodes: list[Node] = Field([], max_length=1000, description="Nodes whose sums are wanted.")
    stations: list[Id] = Field(
        [],
        max_length=1000,
        description="Of a gateway: the stations whose readings, and the chromatographs whose analyses it delivers.",
    )
    certificate: Pem

    @property
    def asked(self) -> Asked:
        """What is applied for."""
        wanted = (tuple(dict.fromkeys(names)) for names in (self.lines, self.nodes, self.stations))
        return Asked(self.company, self.agreement.agreement, Role(self.role), *wanted)


class StateBody(Body):
    """What lets an applicant read how far his application is."""

    id: Id = Field(description="From the answer to the application.", examples=["5b2f0c9a7d114e38"])
    secret: str = Field(min_length=1, max_length=100, description="From the same answer, which alone tells it.")


class PeriodsBody(Body):
    """For how long something may be used, and which gas days it opens; the end is not included."""

    use_from: Day | None = Field(None, description="First gas day of use.")
    use_until: Until | None = None
    days_from: Day | None = Field(None, description="First gas day that may be read.")
    days_until: Until | None = None

    def use(self, otherwise: Run) -> Run:
        """Return the period of use; what is not said is as in another one."""
        return run_of("use_", self.use_from, self.use_until, otherwise)

    def days(self, otherwise: Run) -> Run:
        """Return the gas days that are opened."""
        return run_of("days_", self.days_from, self.days_until, otherwise)


class GrantBody(PeriodsBody):
    """A line or a node that is opened; without periods for those of the agreement."""

    line: Line | None = Field(None, description="A line, or")
    node: Node | None = Field(None, description="a node: its sums.")
    lines: bool = Field(
        default=False, description="Of a node: its lines too, on the gas days on which they belong to it."
    )

    def grant(self, otherwise: Run) -> Grant:
        """Return what is granted; raises 422 where it names neither or both."""
        if (self.line is None) == (self.node is None):
            raise unprocessable([Issue("FORM", "line", "name a line or a node, and not both")])
        if self.lines and self.node is None:
            raise unprocessable([Issue("FORM", "lines", "only a node has lines")])
        return Grant(self.use(otherwise), self.days(otherwise), self.line or "", self.node or "", self.lines)


class ReviewBody(Body):
    """For which company of the register, under which of its agreements, and what is opened."""

    company: CompanyId
    agreement: Number
    grants: list[GrantBody] | None = Field(
        None, max_length=1000, description="Null: lines and nodes as applied for, for the periods of the agreement."
    )


class ConfirmBody(Body):
    """The fingerprint that the applicant read out over another way: whoever confirms has compared it."""

    fingerprint: Fingerprint


class RefuseBody(Body):
    """Why an application is refused, in words for its applicant."""

    reasons: str = Field(min_length=1, max_length=2000, examples=["Agreement A-2026-17 is not known to us."])


class CompanyBody(Body):
    """A company as it is registered."""

    id: CompanyId
    name: str = Field(min_length=1, max_length=200, examples=["Acme NV"])


class TermBody(Body):
    """From when until when an agreement is in force."""

    from_: Day = Field(alias="from")
    until: Until

    def agreement(self, number: str) -> Agreement:
        """Return the agreement; raises 422 where it ends before it begins."""
        return Agreement(number, *run_of("", self.from_, self.until))


class RightBody(GrantBody):
    """A right of a company under one of its agreements, or of one client of it alone."""

    company: CompanyId
    client: Id | None = Field(None, description="Only for this client; null: for all of the company.")
    agreement: Number


class DelegationBody(Body):
    """What your company passes on to another one: no more than it has, for as long as it has it."""

    to: CompanyId
    line: Line | None = Field(None, description="A line, or")
    node: Node | None = Field(None, description="a node: its sums.")
    lines: bool = Field(default=False, description="Of a node: its lines too.")
    use_from: Day
    use_until: Until
    days_from: Day
    days_until: Until

    @property
    def grant(self) -> Grant:
        """What is passed on; raises 422 as for a right."""
        told = self.model_dump(exclude={"to"})
        return GrantBody(**told).grant((date.min, date.max))


class RenewalBody(Body):
    """Your next certificate; `statement` is signed by the key of the old one."""

    certificate: Pem
    statement: str | None = Field(
        None,
        max_length=20_000,
        description="Compact JWS, typ gastrack-renewal+jws, the old public key as jwk in its header; payload: client, "
        "fingerprint of the new key, iat.",
    )


class ErasureBody(Body):
    """Of whom the personal data are erased."""

    of: Id = Field(description="Id of a client whose access has ended, or of an application that is decided.")


def run_of(prefix: str, first: str | None, end: str | None, otherwise: Run = (date.min, date.max)) -> Run:
    """Return a period of gas days; raises 422 where a day is none, or the period ends before it begins."""
    run = _day(first, f"{prefix}from", otherwise[0]), _day(end, f"{prefix}until", otherwise[1])
    if run[1] <= run[0]:
        text = f"it must lie after {prefix}from: it is the first gas day on which it no longer holds"
        raise unprocessable([Issue("PERIOD_BACKWARDS", f"{prefix}until", text)])
    return run


def _day(text: str | None, position: str, otherwise: date) -> date:
    if text is None:
        return otherwise
    day = day_of(text)
    if day is None:
        raise unprocessable([Issue("DATE", position, f"{text}: write a gas day as 2026-11-23, 1990 to 2099")])
    return day
