"""What the access register answers with, as its document tells."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from services.query.documented.told import Listed, Moment, Told
from shared.access.application import State
from shared.access.certificates.expiry import Left
from shared.access.roles import Role

Fingerprint = Annotated[str, Field(description="SHA-256 of the public key, in hex.")]


class MailTold(Told):
    """A message to the applicant, ready to be sent."""

    subject: str
    body: str


class MailsTold(Told):
    """The message in each language."""

    en: MailTold
    fr: MailTold
    nl: MailTold
    de: MailTold


class AgreementTold(Told):
    """An agreement."""

    number: str
    from_: date = Field(alias="from", description="First gas day.")
    until: date = Field(description="First gas day on which it is no longer in force.")


class PersonTold(Told):
    """Who it is."""

    name: str
    email: str


class StepTold(Told):
    """What was decided on an application."""

    state: State
    by: str = Field(description="Id of the client who decided.")
    at: Moment
    reasons: str


class WantedCertificate(Told):
    """The certificate of an application; who confirms it compares its fingerprint."""

    fingerprint: Fingerprint
    kind: str = Field(description="Kind of the key.", examples=["EC secp256r1"])
    issuer: str
    serial: str
    subject: str | None = Field(description="Null once the person was erased.")
    not_before: Moment
    not_after: Moment


class PeriodsTold(Told):
    """When something may be used, and which gas days it opens; null: without bound."""

    use_from: date | None
    use_until: date | None
    days_from: date | None
    days_until: date | None


class GrantTold(PeriodsTold):
    """A line or a node that is opened."""

    line: str | None
    node: str | None
    lines: bool


class ApplicationTold(Told):
    """An application as those see it who decide."""

    id: str
    state: State
    company_name: str = Field(description="As the applicant wrote it.")
    agreement: AgreementTold = Field(description="As the applicant wrote it.")
    person: PersonTold | None = Field(description="Null once erased.")
    role: Role
    lines: list[str]
    nodes: list[str]
    stations: list[str]
    certificate: WantedCertificate
    applied_at: Moment
    steps: list[StepTold]
    company: str | None = Field(description="Of the register, once reviewed.")
    grants: list[GrantTold] = Field(description="What is opened, once reviewed.")
    client: str | None = Field(description="Id of the client that it made.")


class Applications(Listed):
    """Applications in the order of their ids."""

    rows: list[ApplicationTold]


class ApplicationDecided(ApplicationTold):
    """An application after a step, and what to write to its applicant."""

    mails: MailsTold


class ApplicationMade(Told):
    """An application was taken. `secret` is told this once."""

    id: str
    secret: str
    state: State
    fingerprint: Fingerprint = Field(description="Read it out when you are asked for it.")
    mails: MailsTold


class ApplicationState(Told):
    """How far an application is."""

    id: str
    state: State
    reasons: str = Field(description="Why it was refused; empty otherwise.")
    client: str | None = Field(description="Your id, once you are let in.")


class CompanyTold(Told):
    """A company with all its agreements."""

    id: str
    name: str
    agreements: list[AgreementTold]


class Companies(Listed):
    """Companies in the order of their ids."""

    rows: list[CompanyTold]


class RightTold(GrantTold):
    """A right; it counts as long as its agreement, or its giver's rights."""

    id: str
    company: str
    client: str | None = Field(description="Null: every client of the company.")
    agreement: str | None
    delegated_by: str | None = Field(description="The company that passes it on.")
    revoked_at: Moment | None


class RightsTold(Listed):
    """Rights in the order of their ids."""

    rows: list[RightTold]


class CertificateTold(Told):
    """A certificate of a client."""

    fingerprint: Fingerprint
    not_before: Moment
    not_after: Moment
    registered_at: Moment
    revoked_at: Moment | None
    days_left: int
    warning: Left | None = Field(description="60, 30 or 7: so many days or fewer are left, and none follows it.")


class ClientTold(Told):
    """A client."""

    id: str
    company: str | None = Field(description="Null for staff of the grid.")
    person: PersonTold | None = Field(description="Null once erased.")
    roles: list[Role]
    agreement: str | None
    stations: list[str]
    ended_at: Moment | None
    certificates: list[CertificateTold]


class Clients(Listed):
    """Clients in the order of their ids."""

    rows: list[ClientTold]


class RunTold(Told):
    """Gas days; null: without bound."""

    from_: date | None = Field(alias="from")
    to: date | None = Field(description="Exclusive.")


class OpenedTold(Told):
    """A line or node that is open now."""

    id: str
    days: list[RunTold]


class OwnAccount(Told):
    """Who you are here, and what you may do at this moment."""

    client: str
    company: str | None
    person: PersonTold | None
    roles: list[Role]
    all_lines: bool = Field(description="Whether every line and node is open, as for operators.")
    lines: list[OpenedTold]
    nodes: list[OpenedTold]
    rights: list[RightTold] = Field(description="Why: the rights of your company or of you alone, for their periods.")
    certificates: list[CertificateTold]


class EventTold(Told):
    """Something that happened to the access register; its hash covers all of it and the hash before it."""

    id: str = Field(description="Its hash.")
    number: int
    at: Moment
    by: str
    what: str = Field(examples=["application.confirmed"])
    of: str
    told: dict[str, Any]
    previous: str


class Events(Listed):
    """Events, the newest first."""

    rows: list[EventTold]
