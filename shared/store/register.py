"""The register at rest: a document per station, line, node, chromatograph; the owner of partition 0 writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from shared.domain.attribution import Attribution, Chromatograph
from shared.domain.quantities import ABSENT
from shared.domain.register import Register
from shared.domain.topology import Check, Code, Composition, Line, Node, Station, Terms, texts_of

ONLINE_FROM = "online_from"
"""The one part of kind retention: the first gas day that is kept online."""
FLOOR_ID = f"retention|{ONLINE_FROM}"


def floor_parts(register: Register) -> dict[str, date]:
    """Return the first gas day online as a part of the register; nothing where all are."""
    return {} if register.online_from is None else {ONLINE_FROM: register.online_from}


def to_document(part: Station | Line | Node | Chromatograph | date) -> dict[str, Any]:
    """Return a part of the register as a plain document."""
    match part:
        case date():
            return {ONLINE_FROM: part.isoformat()}
        case Station() | Chromatograph():
            return {"id": part.id, "name": part.name}
        case Line():
            return _line_document(part)
        case Node():
            compositions = [
                {
                    "start": composition.start.isoformat(),
                    "name": composition.name,
                    "weights": [{"line": line, "weight": str(weight)} for line, weight in composition.weights],
                    "nodes": [{"node": node, "weight": str(weight)} for node, weight in composition.nodes],
                }
                for composition in part.compositions
            ]
            end = part.end.isoformat() if part.end else None
            told = {"id": part.id, "name": part.name, "compositions": compositions, "end": end}
            return {**told, **_codes_document(part.codes)}


def _line_document(line: Line) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": line.id,
        "station": line.station,
        "terms": [
            {
                "start": terms.start.isoformat(),
                "name": terms.name,
                "teletransmitted": terms.teletransmitted,
                "one_way": terms.one_way,
                "network": terms.network,
                "capacity_m3n_per_h": terms.capacity_m3n_per_h,
                "sends": list(terms.sends),
                "thresholds": dict(terms.thresholds),
                "check": _check_document(terms.check),
                "pressure_bar_abs": list(terms.pressure_bar_abs) if terms.pressure_bar_abs else None,
            }
            for terms in line.terms
        ],
        "end": line.end.isoformat() if line.end else None,
        "live_from": line.live_from.isoformat() if line.live_from else None,
        **_codes_document(line.codes),
    }
    # Only where there is some: a line of an earlier build says the same when its log is read again.
    return {**document, "gas": [_attribution_document(one) for one in line.gas]} if line.gas else document


def _codes_document(codes: Sequence[Code]) -> dict[str, Any]:
    """Return codes as texts, by which they are found, and with their gas days where they have any."""
    days = [[one.text, *(day.isoformat() if day else None for day in (one.start, one.end))] for one in codes]
    return {"aliases": texts_of(codes), **({"codes": days} if any(one.start or one.end for one in codes) else {})}


def _codes_of(document: dict[str, Any]) -> tuple[Code, ...]:
    if "codes" not in document:
        return tuple(Code(text) for text in document.get("aliases", ()))
    return tuple(Code(text, _day(start), _day(end)) for text, start, end in document["codes"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _attribution_document(told: Attribution) -> dict[str, Any]:
    return {
        "start": told.start,
        "chromatograph": told.chromatograph,
        "delay_h": told.delay_h,
        "others": list(told.others),
        "known_at": told.known_at_ms,
        **({} if told.contract_gcv == ABSENT else {"contract_gcv": told.contract_gcv}),
    }


def _check_document(check: Check | None) -> dict[str, Any] | None:
    return None if check is None else {"line": check.line, "factor": check.factor, "offset_m3n": check.offset_m3n}


def station_of(document: dict[str, Any]) -> Station:
    """Return the station of its document."""
    return Station(document["id"], document["name"])


def floor_of(document: dict[str, Any] | None) -> date | None:
    """Return the first gas day online of its document in `topology`; None where there is none."""
    return None if document is None else date.fromisoformat(document["doc"][ONLINE_FROM])


def line_of(document: dict[str, Any], online_from: date | None = None) -> Line:
    """Return the line of its document; the first gas day online rests beside it."""
    return Line(
        document["id"],
        document["station"],
        tuple(_terms_of(terms) for terms in document["terms"]),
        _day(document["end"]),
        _day(document["live_from"]),
        _codes_of(document),
        tuple(_attribution_of(told) for told in document.get("gas", ())),
        online_from,
    )


def _attribution_of(document: dict[str, Any]) -> Attribution:
    others = tuple(document["others"])
    return Attribution(
        document["start"],
        document["chromatograph"],
        document["delay_h"],
        others,
        document["known_at"],
        document.get("contract_gcv", ABSENT),
    )


def chromatograph_of(document: dict[str, Any]) -> Chromatograph:
    """Return the chromatograph of its document."""
    return Chromatograph(document["id"], document["name"])


def _terms_of(document: dict[str, Any]) -> Terms:
    return Terms(
        date.fromisoformat(document["start"]),
        document["name"],
        document["teletransmitted"],
        document["one_way"],
        document["network"],
        document["capacity_m3n_per_h"],
        tuple(document["sends"]),
        tuple(document["thresholds"].items()),
        Check(**document["check"]) if document.get("check") else None,
        (bounds[0], bounds[1]) if (bounds := document.get("pressure_bar_abs")) else None,
    )


def node_of(document: dict[str, Any]) -> Node:
    """Return the node of its document."""
    compositions = tuple(
        Composition(
            date.fromisoformat(composition["start"]),
            tuple((weight["line"], Decimal(weight["weight"])) for weight in composition["weights"]),
            tuple((weight["node"], Decimal(weight["weight"])) for weight in composition.get("nodes", ())),
            composition.get("name", ""),
        )
        for composition in document["compositions"]
    )
    return Node(document["id"], document["name"], compositions, _day(document.get("end")), _codes_of(document))


def register_of(documents: Iterable[dict[str, Any]]) -> Register:
    """Return the register of the documents of collection `topology` (`{_id, kind, doc, known_at, log_offset}`)."""
    told = list(documents)
    register = Register(online_from=floor_of(next((one for one in told if one["kind"] == "retention"), None)))
    for document in told:
        match document["kind"]:
            case "station":
                register.stations[document["doc"]["id"]] = station_of(document["doc"])
            case "line":
                register.lines[document["doc"]["id"]] = line_of(document["doc"], register.online_from)
            case "node":
                register.nodes[document["doc"]["id"]] = node_of(document["doc"])
            case "chromatograph":
                register.chromatographs[document["doc"]["id"]] = chromatograph_of(document["doc"])
    return register
