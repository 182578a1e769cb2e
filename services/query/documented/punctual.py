"""Answers about punctuality: what is promised of a line, and how many of its hours came as promised."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from services.query.documented.told import Listed, Moment, Told
from shared.domain.period import View

Count = Annotated[int, Field(ge=0)]


class PromiseTold(Told):
    """What is promised of a line from a gas day on; null: nothing of the kind."""

    from_: date = Field(alias="from", description="First gas day; before the first of them nothing is promised.")
    prompt_minutes: int | None = Field(description="A teletransmitted hour is known so many minutes after its end.")
    complete_h: float = Field(description="All hours of a gas day have come so many hours after its end.")
    definitive_working_day: int | None = Field(
        description="The hours of a gas month are definitive by the end of this working day of the next month."
    )


class Counted(Told):
    """How many hours of a period came when they were promised, and what has become of them since."""

    hours_expected: Count = Field(description="That have ended, within the line's life.")
    hours_present: Count = Field(description="That carry a value, whatever its quality.")
    hours_prompt_due: Count = Field(description="Promised at once, and the moment has passed.")
    hours_prompt: Count = Field(description="Of those: a value of their own was known by then.")
    hours_due: Count = Field(
        description="Whose deadline has passed: the sum of hours_on_time, hours_late and hours_outstanding."
    )
    hours_on_time: Count = Field(description="A value of their own, no estimate, was known by the deadline.")
    hours_late: Count = Field(description="One has come since.")
    hours_outstanding: Count = Field(description="None has come yet: they are estimated or missing.")
    hours_definitive_due: Count = Field(description="Promised definitively, and the moment has passed.")
    hours_definitive_on_time: Count = Field(description="Of those: the close that holds was known by then.")
    hours_definitive: Count = Field(description="That are definitive and carry a value.")
    hours_estimated: Count = Field(description="That are estimated as they stand.")
    hours_revised: Count = Field(description="That have said more than one thing.")
    revisions: Count = Field(description="Accepted changes behind the first value of each hour.")


class PunctualDay(Counted):
    """The hours of a gas day."""

    gas_day: date


class PunctualMonth(Counted):
    """The hours of a gas month."""

    month: str = Field(examples=["2026-10"])


class PunctualityHead(Listed):
    """Of what, over which period, and as known when."""

    id: str = Field(examples=["BE-0042-A"])
    name: str
    view: Annotated[str, Field(json_schema_extra={"enum": [View.DAY, View.MONTH]})]
    from_: str = Field(alias="from", description="First gas day, or gas month in the month view.")
    to: str = Field(description="End, exclusive.")
    known_at: Moment | None = Field(
        description="As known at this moment; unasked, when the latest change that is shown became known."
    )


class PunctualityTold(PunctualityHead):
    """How punctual a line is over a period."""

    promises: list[PromiseTold]
    whole: Counted = Field(description="The period as a whole.")
    rows: list[PunctualDay] | list[PunctualMonth] = Field(description="Those in which hours are expected.")


class OfLines(Counted):
    """The counts of the lines of a node added up, each on the gas days on which it belongs to the node."""

    lines_due: Count = Field(description="Lines of which hours were due.")
    lines_on_time: Count = Field(description="Of those: every hour that was due was on time.")


class NodePunctualDay(OfLines):
    """The hours of a gas day."""

    gas_day: date


class NodePunctualMonth(OfLines):
    """The hours of a gas month."""

    month: str = Field(examples=["2026-10"])


class NodePunctualityTold(PunctualityHead):
    """How punctual the lines of a node are together; none of them is named."""

    whole: OfLines = Field(description="The period as a whole.")
    rows: list[NodePunctualDay] | list[NodePunctualMonth] = Field(description="Those in which hours are expected.")
