"""What a run found, for people and for programs."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import access, attributing
from tests.bench.access import Checked
from tests.bench.attributing import Attributing
from tests.bench.closing import ALLOWED_S, Closing
from tests.bench.downloads import FIRST_BYTE_MS, Fetched
from tests.bench.latency import Latency
from tests.bench.physics import ALLOWED_MS, ANALYSES, Physics
from tests.bench.reading import CLIENTS, Answered
from tests.bench.rules import LINES_IN_MEMORY, Rules
from tests.bench.shapes import FLOOR_MS, OFFERED_PER_S, SHAPES, WISH_MS, Shape
from tests.bench.throughput import Cost

MOST_US, MOST_MB, LEAST, CLEAN = 10, 300, 0.95, 0.999
"""What the rules may cost a reading, what the context of 10,000 lines may take, and how well faults must be found."""


@dataclass(slots=True)
class Report:
    """The figures of a run."""

    scale: float
    throughput: dict[str, Cost] = field(default_factory=dict)
    latency: Latency | None = None
    rules: Rules | None = None
    closing: Closing | None = None
    attributing: Attributing | None = None
    physics: Physics | None = None
    reading: list[Answered] = field(default_factory=list)
    downloads: list[Fetched] = field(default_factory=list)
    access: Checked | None = None

    @property
    def faults(self) -> list[str]:
        """Return why figures are no results."""
        costs = {**self.throughput, **({"latency": self.latency.cost} if self.latency else {})}
        return [f"{name}: {fault}" for name, cost in costs.items() for fault in cost.faults]


def machine() -> str:
    """Return what this machine is."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{model}, {os.cpu_count()} cores, {memory_gb:.0f} GB, Python {platform.python_version()}"


def as_text(report: Report) -> str:
    """Return the figures as people read them, floors and wishes beside."""
    shapes = {shape.name: shape for shape in SHAPES}
    told = [f"{machine()}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; scale {report.scale:g}; servers included", ""]
    for name, cost in report.throughput.items():
        told += [*_throughput(shapes[name], cost), *_cost(cost), ""]
    if report.latency:
        told += [*_latency(report.latency), *_cost(report.latency.cost), ""]
    told += _rules(report.rules) if report.rules else []
    told += _closing(report.closing) if report.closing else []
    told += _attributing(report.attributing) if report.attributing else []
    told += _physics(report.physics) if report.physics else []
    told += _reading(report.reading) if report.reading else []
    told += [*(_fetched(one) for one in report.downloads), ""] if report.downloads else []
    told += _access(report.access) if report.access else []
    told += [f"NO RESULT: {fault}" for fault in report.faults]
    return "\n".join(told)


def _reading(answers: list[Answered]) -> list[str]:
    return [f"{CLIENTS} clients at once, warm:", *(_answered(one) for one in answers), ""]


def _answered(one: Answered) -> str:
    asked, p50 = one.asked, one.quantile(0.5)
    reached = f"allowed {asked.allowed_ms:g} ms: {_reached(p50 <= asked.allowed_ms)}"
    if asked.floor_per_s:
        reached += f"; floor {asked.floor_per_s:g}/s: {_reached(one.per_s >= asked.floor_per_s)}"
    told = f"p50 {p50:.1f} ms, p99 {one.quantile(0.99):.1f} ms, {one.per_s:,.0f} answers/s of {one.size / 1e6:.2f} MB"
    return f"    {asked.name}: {told}   ({reached})"


def _fetched(one: Fetched) -> str:
    """Return what files of one kind cost: whatever else runs on the machine slows them, CPU seconds less so."""
    reached = f"floor {one.asked.floor:,}: {_reached(one.per_s >= one.asked.floor)}; " if one.asked.floor else ""
    reached += f"at most {FIRST_BYTE_MS} ms: {_reached(max(one.first_byte_ms) <= FIRST_BYTE_MS)}"
    if one.asked.most_mb:
        reached += f"; at most {one.asked.most_mb} MB: {_reached(one.peak_mb <= one.asked.most_mb)}"
    rates = f"{one.per_s:,.0f} rows/s, {one.per_cpu_s:,.0f} a CPU second of export"
    memory = f"memory {one.before_mb:.0f} to {one.peak_mb:.0f} MB"
    more = f"first byte {max(one.first_byte_ms):.0f} ms, {one.size / 1e6:.0f} MB, {memory}"
    return f"{one.asked.name}: {rates}; {more}   ({reached})"


def _throughput(shape: Shape, cost: Cost) -> list[str]:
    rate = cost.readings / cost.timed.seconds
    reached = (
        f"floor {shape.floor:,}: {_reached(rate >= shape.floor)}; wish {shape.wish:,}: {_reached(rate >= shape.wish)}"
    )
    took = f"{cost.readings:,} readings in {cost.timed.seconds:.2f} s; register taken in {cost.registered_s:.1f} s"
    return [f"{shape.title}: {rate:,.0f} readings/s   ({reached})", f"    {took}"]


def _latency(latency: Latency) -> list[str]:
    p50, p99, highest = latency.p50_ms, latency.p99_ms, latency.highest_ms
    reached = f"floor {FLOOR_MS}: {_reached(p99 <= FLOOR_MS)}; wish {WISH_MS}: {_reached(p99 <= WISH_MS)}"
    return [
        f"telegram to month at {OFFERED_PER_S:,} readings/s offered: p50 {p50:.0f} ms, p99 {p99:.0f} ms   ({reached})",
        f"    {latency.telegrams:,} telegrams followed, the slowest {highest:.0f} ms",
    ]


def _rules(rules: Rules) -> list[str]:
    """Return what the rules cost, take and find."""
    total_us, share = rules.alone_us + rules.in_context_us, 1 - rules.clean_found / rules.clean_hours
    cost = f"{total_us:.1f} µs CPU a reading ({rules.alone_us:.1f} by itself, {rules.in_context_us:.1f} in context)"
    kept = f"context of {LINES_IN_MEMORY:,} lines: {rules.context_mb:.0f} MB"
    clean = f"clean year: no finding on {share:.4%} of {rules.clean_hours:,} hours"
    told = [
        f"rules: {cost}   (at most {MOST_US}: {_reached(total_us <= MOST_US)})",
        f"    {kept}   (at most {MOST_MB}: {_reached(rules.context_mb <= MOST_MB)})",
        f"    {clean}   (at least {CLEAN:.1%}: {_reached(share >= CLEAN)})",
    ]
    for one in rules.accuracy:
        reached = f"at least {LEAST:.2f}: {_reached(min(one.precision, one.recall) >= LEAST)}"
        counted = f"{one.labelled} hours labelled, {one.found} found"
        figures = f"precision {one.precision:.4f}, recall {one.recall:.4f} ({counted})"
        told.append(f"    {one.fault} by {one.rule}: {figures}   ({reached})")
    return [*told, ""]


def _closing(closing: Closing) -> list[str]:
    """Return how long the close of a month took."""
    reached = f"at most {ALLOWED_S} s: {_reached(closing.seconds <= ALLOWED_S)}"
    took = f"{closing.lines:,} lines in {closing.seconds:.1f} s"
    return [f"closing a month ({closing.hours:,} hours): {took}   ({reached})", ""]


def _attributing(told: Attributing) -> list[str]:
    """Return how long a changed attribution took."""
    allowed_s = attributing.ALLOWED_S
    reached = f"at most {allowed_s} s: {_reached(told.seconds <= allowed_s)}"
    took = f"recomputed and visible in {told.seconds:.1f} s"
    return [f"changed attribution of {told.lines} lines ({told.hours:,} hours): {took}   ({reached})", ""]


def _physics(physics: Physics) -> list[str]:
    """Return what the gas physics takes."""
    reached = f"at most {ALLOWED_MS} ms: {_reached(physics.year_ms <= ALLOWED_MS)}"
    factors = ", ".join(f"{method} {took:.0f} µs" for method, took in physics.factor_us.items())
    return [
        f"ISO 6976 of a year of one chromatograph ({ANALYSES:,} analyses): {physics.year_ms:.1f} ms   ({reached})",
        f"    a compression factor: {factors}",
        "",
    ]


def _access(told: Checked) -> list[str]:
    """Return what it costs to know who asks."""
    asked = f"at most {access.MOST_US} µs: {_reached(told.warm_us <= access.MOST_US)}"
    kept = f"at most {access.MOST_MB} MB: {_reached(told.memory_mb <= access.MOST_MB)}"
    return [
        f"access check of a request, warm: {told.warm_us:.1f} µs   ({asked})",
        f"    {told.clients:,} clients with {told.lines} lines each: {told.memory_mb:.0f} MB   ({kept})",
        f"    a client resolved anew: {told.resolved_ms:.1f} ms",
        "",
    ]


def _cost(cost: Cost) -> list[str]:
    thousands, timed = cost.readings / 1000, cost.timed
    cpu = ", ".join(f"{name} {spent * 1000 / thousands:.2f}" for name, spent in timed.used.cpu_s.items())
    memory = ", ".join(f"{name} {peak:.0f}" for name, peak in cost.memory_mb.items())
    others = timed.used.others_s / timed.seconds / (os.cpu_count() or 1)
    return [
        f"    CPU ms per 1,000 readings: {cpu}",
        f"    peak memory in MB: {memory}",
        f"    MongoDB write operations per reading: {timed.store_operations / cost.readings:.4f}",
        f"    ledger difference {cost.ledger.difference}; hours in the months {cost.hours_in_months:,}",
        f"    taken by programs that are not measured (other work; the watching itself): {others:.0%} of the machine",
    ]


def _reached(good: bool) -> str:  # noqa: FBT001 - a truth in, a word out
    return "reached" if good else "MISSED"


def as_json(report: Report) -> str:
    """Return the figures as programs read them."""
    told: dict[str, Any] = {
        "machine": machine(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "scale": report.scale,
        "throughput": {
            name: {"readings_per_s": cost.readings / cost.timed.seconds, **asdict(cost)}
            for name, cost in report.throughput.items()
        },
        "latency": asdict(report.latency) if report.latency else None,
        "rules": asdict(report.rules) if report.rules else None,
        "closing": asdict(report.closing) if report.closing else None,
        "attributing": asdict(report.attributing) if report.attributing else None,
        "physics": asdict(report.physics) if report.physics else None,
        "access": asdict(report.access) if report.access else None,
        "reading": [asdict(one) for one in report.reading],
        "faults": report.faults,
    }
    return json.dumps(told, indent=2)
