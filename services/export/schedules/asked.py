"""What a schedule is asked with: when, what and where; and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.export.jobs.api import ExportOrder, order_of
from services.export.schedules.times import gas_day_before, of_day, of_month
from shared.domain import gas_time
from shared.domain.period import View
from shared.domain.topology import Issue
from shared.runtime.problem import unprocessable
from shared.store import export_jobs
from shared.store.export_jobs import Order
from shared.store.schedules import Where

_OWN_PERIOD = ("from", "to", "known_at")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Daily(_Form):
    """Every day at a local time: the gas day before the one that is running then."""

    kind: Literal["daily"]
    at: str = Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Wall clock in Belgium, 11:00.")


class Definitive(_Form):
    """When a gas month is definitive for all lines that are asked for, and each time that it becomes so again."""

    kind: Literal["definitive"]


class Changes(_Form):
    """When anything changes in the period that is asked for."""

    kind: Literal["changes"]


class List(_Form):
    """On the pick-up list, `GET /v1/deliveries`."""

    kind: Literal["list"]


class Webhook(_Form):
    """By a signed POST that tells where the file is (Standard Webhooks)."""

    kind: Literal["webhook"]
    url: str = Field(max_length=2000, pattern="^https?://[!-~]+$", description="Where to; public addresses only.")


class Sftp(_Form):
    """As a file in a folder of yours, by SFTP with our key, which the answer tells."""

    kind: Literal["sftp"]
    host: str = Field(max_length=253, pattern=r"^[A-Za-z0-9.:-]+$", description="Your server; public addresses only.")
    port: int = Field(22, ge=1, le=65535)
    user: str = Field(max_length=64, pattern=r"^[A-Za-z0-9._-]+$")
    folder: str = Field(
        "", max_length=500, pattern=r"^[^\x00-\x1f]*$", description="Where to; empty: where one arrives."
    )
    host_key: str = Field(
        max_length=2000,
        pattern="^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/=]+( .*)?$",
        description="Your server's public key, as `ssh-keyscan` prints it behind the host: only that one is believed.",
    )

    @field_validator("host_key")
    @classmethod
    def _is_a_key(cls, text: str) -> str:
        """Refuse now what would be refused at each delivery."""
        try:
            load_ssh_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm):
            raise ValueError("this is no public key: copy it as `ssh-keyscan` prints it behind the host") from None
        return text


class ScheduleAsked(_Form):
    """A schedule: when, what and where."""

    when: Annotated[Daily | Definitive | Changes, Field(discriminator="kind")]
    what: ExportOrder
    where: Annotated[List | Webhook | Sftp, Field(discriminator="kind")] = List(kind=Where.LIST.value)

    @property
    def order(self) -> Order:
        """The order that is made again and again; a period of its own has only one that waits for changes."""
        return order_of(self.what)


def example_of(asked: ScheduleAsked, now: datetime) -> Order:
    """Return an order as the schedule will make it, so that all that is wrong with it is said at once.

    Raises:
        ProblemError: 422 for a period where the schedule makes it, or none where it does not.
    """
    issues = list(_period_issues(asked))
    if issues:
        raise unprocessable(issues)
    day, texts = gas_day_before(now), asked.order.document
    match asked.when.kind:
        case "daily":
            texts = of_day(texts, day)
        case "definitive":
            texts = of_month(texts, gas_time.month_of(day))
        case "changes":
            pass
    return export_jobs.order_of(texts)


def _period_issues(asked: ScheduleAsked) -> Iterator[Issue]:
    given = asked.what.given
    if isinstance(asked.when, Changes):
        for name in ("from", "to"):
            if not given[name]:
                yield Issue("SCHEDULE_PERIOD", f"what.{name}", "say of which period changes are waited for")
        if given["known_at"]:
            yield Issue("SCHEDULE_PERIOD", "what.known_at", "what was known once does not change: leave it out")
        return
    for name in _OWN_PERIOD:
        if given[name]:
            yield Issue("SCHEDULE_PERIOD", f"what.{name}", "the schedule makes the period itself: leave it out")
    if isinstance(asked.when, Daily) and given["view"] == View.MONTH:
        yield Issue("SCHEDULE_PERIOD", "what.view", "a gas day has no month view: choose hour or day")
