"""Answers about nodes, what they are made of, and how lines and nodes changed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from services.query.documented.told import Listed, Moment, Readable, Told, Unnamed

Weight = Annotated[float, Field(description="+1, -1 or a fraction, three places at most.")]
FirstDay = Annotated[date, Field(description="First gas day.")]
EndDay = Annotated[date | None, Field(description="End, exclusive: a gas day; null while it goes on.")]


class NodeRow(Told):
    """A node."""

    id: str = Field(examples=["NODE-0042"])
    name: str
    from_: FirstDay = Field(alias="from")
    to: EndDay
    codes: list[str] = Field(description="Other codes by which people know it.")
    readable: Readable


class Nodes(Listed):
    """Nodes in the order of their ids."""

    rows: list[NodeRow]


class LineWeight(Told):
    """How a line counts in a node."""

    line: str
    weight: Weight


class NodeWeight(Told):
    """How a node counts in another."""

    node: str
    weight: Weight


class CompositionTold(Told):
    """What a node is made of, and is called, on some gas days."""

    from_: FirstDay = Field(alias="from")
    to: EndDay
    name: str
    lines: list[LineWeight]
    lines_unnamed: Unnamed
    nodes: list[NodeWeight]
    nodes_unnamed: Unnamed


class NodeTold(NodeRow):
    """A node with all its compositions."""

    compositions: list[CompositionTold]


class LineWithin(LineWeight):
    """A line that a node comes to, at once or through others."""

    name: str


class TopologyTold(Told):
    """What a node is made of on a gas day, and which lines it comes to."""

    id: str
    name: str
    at: date
    known_at: Moment | None
    composition: CompositionTold | None = Field(description="null where there is no such node on that day.")
    lines: list[LineWithin]
    lines_unnamed: Unnamed


class DifferenceTold(Told):
    """One fact that a change made another, on some gas days."""

    from_: str = Field(alias="from", description="A gas day; of gas the start of an hour.")
    to: str | None
    what: str = Field(examples=["weight of line", "capacity_m3n_per_h"])
    of: str | None = Field(description="Of which line, node, code or threshold.")
    before: Any = None
    after: Any = None


class ChangeTold(Told):
    """A change of a line or node: who, when known, why, and what it changed."""

    known_at: Moment | None
    decision: int = Field(description="Its number under /v1/decisions.")
    author: str
    reason: str = Field(description="Told to who asked for it, and to who runs the grid; else empty.")
    correction: str | None = Field(description="Why closed months were changed; told to the same.")
    changes: list[DifferenceTold]
    changes_unnamed: Unnamed


class TopologyHistory(Listed):
    """Changes of a line or node, those that became known last first."""

    rows: list[ChangeTold]


class Leaving(Told):
    """What would leave."""

    months: list[str] = Field(examples=[["2023-10"]])
    lines: int
    hours: int
    documents: dict[str, int] = Field(description="By collection.")


class Staying(Told):
    """What would stay."""

    documents: dict[str, int] = Field(description="By collection.")


class RetentionTold(Told):
    """What would leave if earlier gas months were no longer kept online; nothing is changed."""

    before: str = Field(examples=["2023-11"])
    online_from: date | None = Field(description="First gas day online now; null where all are.")
    goes: Leaving
    stays: Staying
