"""How logs name records."""

from __future__ import annotations

from shared.runtime.followed import MOST_NAMED, sources


def test_few_records_are_named_one_by_one() -> None:
    """In the order of topics, partitions and offsets, each once."""
    told = [("telemetry", 3, 10), ("analyses", 0, 2), ("telemetry", 3, 9), ("telemetry", 12, 1), ("telemetry", 3, 9)]
    assert sources(told) == ["analyses/0/2", "telemetry/3/9", "telemetry/3/10", "telemetry/12/1"]


def test_many_records_are_named_by_the_first_and_last_of_each_partition() -> None:
    """So that a line stays a line however large the batch is."""
    many = [("telemetry", 3, offset) for offset in range(100, 100 + MOST_NAMED)]
    assert sources([*many, ("telemetry", 4, 7)]) == [f"telemetry/3/100..{99 + MOST_NAMED}", "telemetry/4/7"]
    assert len(sources(many)) == MOST_NAMED
