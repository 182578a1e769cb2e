"""What a node is made of, as its page tells it: lines with weights and shares, and which of them are missing where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

from services.query.pages.languages import Language
from services.query.pages.plot import asked
from shared.domain import quantities
from shared.domain.node_shares import Share
from shared.domain.node_weights import ONE, Span
from shared.domain.quantities import EnergyUnit
from shared.store.node_views import NodeView

MOST_NAMED = 6
"""Missing lines that a row names; of more it says how many there are."""


@dataclass(frozen=True, slots=True)
class Named:
    """A line: its name, and where it leads."""

    id: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class LinesOfRow:
    """How many lines a row is complete of, and which are missing: `more` beside those that are named."""

    complete: int
    expected: int
    missing: list[Named]
    more: int


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the node in a period: `weight` is that of its last day, None where it does not count any more then.

    `own` are its own volume and energy, `counted` these times its weights: they add up to those of the node.
    """

    line: Named
    weight: str | None
    own: tuple[str | None, str | None]
    counted: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Composed:
    """Gas days on which the node came to the same, and how the language writes them and the weights.

    `unnamed` is how many lines beside these there were, which the reader may not know of.
    """

    words: str
    weights: list[tuple[Named, str]]
    unnamed: int


@dataclass(frozen=True, slots=True)
class Others:
    """The lines that the reader may not know of: how many, and what they come to together in the node."""

    count: int
    counted: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What a node is made of over a period; `day` is its last, `spans` are none where it was the same throughout."""

    day: date
    parts: list[Part]
    others: Others
    spans: list[Composed]
    has_negative: bool


def lines_of_rows(view: NodeView, names: Mapping[str, str], count: int) -> list[LinesOfRow]:
    """Return the lines of the first rows; a missing one leads to its page for the same time, if it may be named."""
    rows, found = view.rows, []
    for missing, expected in zip(rows.missing[:count], rows.lines_expected[:count].tolist(), strict=True):
        here = [rows.lines[place] for place in missing.nonzero()[0].tolist()]
        told = [_named(line, names, view) for line in here if view.names(line)][:MOST_NAMED]
        found.append(LinesOfRow(expected - len(here), expected, told, len(here) - len(told)))
    return found


def made_of(view: NodeView, names: Mapping[str, str], shown: str, language: Language) -> MadeOf:
    """Return what a node is made of over the period of a view; links keep the measure that is shown."""
    last = view.spans[-1]
    weights = dict(last.weights)
    parts = [
        Part(
            _named(line, names, view, shown),
            weight_text(weights[line], language) if line in weights else None,
            _texts((share.volume, share.energy), share, view.question.unit, 0, language),
            _texts((share.counted_volume, share.counted_energy), share, view.question.unit, view.rows.places, language),
        )
        for line, share in view.shares.items()
        if view.names(line)
    ]
    others = _others([share for line, share in view.shares.items() if not view.names(line)], view, language)
    spans = [_composed(span, names, view, language) for span in view.spans] if len(view.spans) > 1 else []
    return MadeOf(
        last.end - timedelta(days=1),
        parts,
        others,
        spans,
        any(weight < 0 for span in view.spans for _, weight in span.weights),
    )


def _others(shares: Sequence[Share], view: NodeView, language: Language) -> Others:
    """Return what lines without a name come to: what is left of the node's sum says it anyway."""
    together = Share(
        any(share.has_volume for share in shares),
        any(share.has_energy for share in shares),
        0,
        0,
        sum(share.counted_volume for share in shares),
        sum(share.counted_energy for share in shares),
    )
    sums = together.counted_volume, together.counted_energy
    return Others(len(shares), _texts(sums, together, view.question.unit, view.rows.places, language))


def during(first: date, end: date, language: Language) -> str:
    """Return gas days in words, `end` exclusive: one day, or the first and the last."""
    last = end - timedelta(days=1)
    begin, stop = language.date(first, "yMMMMd"), language.date(last, "yMMMMd")
    return begin if first == last else language("change.during", first=begin, last=stop)


def weight_text(thousandths: int, language: Language) -> str:
    """Return a weight as people write it, with its sign: +1, -0.5."""
    return signed(Decimal(thousandths) / ONE, language)


def signed(weight: Decimal, language: Language) -> str:
    """Return a number with its sign and no more places than it needs."""
    plain = f"{weight:.3f}".rstrip("0").rstrip(".")
    return f"{'+' if weight > 0 else ''}{language.number(plain)}"


def _composed(span: Span, names: Mapping[str, str], view: NodeView, language: Language) -> Composed:
    told = [(line, weight) for line, weight in span.weights if view.names(line)]
    weights = [(_named(line, names, view), weight_text(weight, language)) for line, weight in told]
    return Composed(during(span.first, span.end, language), weights, len(span.weights) - len(told))


def _named(line: str, names: Mapping[str, str], view: NodeView, shown: str = "volume_m3n") -> Named:
    return Named(line, names.get(line, line), f"/lines/{quote(line)}?{asked(view.question)}&show={shown}")


def _texts(
    sums: Iterable[int], share: Share, unit: EnergyUnit, places: int, language: Language
) -> tuple[str | None, str | None]:
    """Return volume and energy of parts of which 10 ** places make 1, whole where they are large."""
    volume, energy = sums
    told = quantities.volume_m3n(volume) if share.has_volume else None, quantities.energy(energy, unit)
    return _figure(told[0], places, language), _figure(told[1] if share.has_energy else None, places, language)


def _figure(value: Decimal | None, places: int, language: Language) -> str | None:
    if value is None:
        return None
    exact = value.scaleb(-places)
    return language.number(f"{exact:f}", 0 if abs(exact) >= 100 else 3)
