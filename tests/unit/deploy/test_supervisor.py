"""Restarts with growing pauses, on a clock of our own."""

from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.process import WatchedProcess
from deploy.local.supervisor import FIRST_PAUSE_S, LONGEST_PAUSE_S, STEADY_AFTER_S, Supervisor


class FakeProcess(WatchedProcess):
    """A process that lives and dies on command."""

    def __init__(self, name: str, ended: list[str]) -> None:
        """`ended` collects the names of those that are ended."""
        super().__init__(name, [], Path("nowhere") / f"{name}.log")
        self.code: int | None = None
        self.ended = ended

    @property
    def pid(self) -> int:
        """Any number."""
        return 4711

    @property
    def exit_code(self) -> int | None:
        """As set."""
        return self.code

    @property
    def running(self) -> bool:
        """While no code is set."""
        return self.code is None

    def terminate(self) -> None:
        """Note that it was asked."""
        self.ended.append(f"asked {self.name}")

    def end(self, grace_s: float) -> None:
        """Note that it was awaited."""
        self.ended.append(f"awaited {self.name} {grace_s:.0f}")


@dataclass
class FakeMember:
    """Counts its starts."""

    process: FakeProcess
    starts: int = 0

    def start(self) -> None:
        """Live again."""
        self.starts += 1
        self.process.code = None


@dataclass
class Scene:
    """A supervisor, its clock and what it said."""

    time_s: float = 0.0
    said: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Build it."""
        self.supervisor = Supervisor(self.said.append, lambda: self.time_s)

    def member(self, name: str, layer: int = 1, *, finishes: bool = False) -> FakeMember:
        """A started member."""
        made = FakeMember(FakeProcess(name, self.ended))
        self.supervisor.start(made, layer, finishes=finishes)
        return made

    def pass_time(self, seconds: float) -> None:
        """Let time pass and look once."""
        self.time_s += seconds
        self.supervisor.check()


def test_a_dead_member_is_told_and_started_again_after_a_pause() -> None:
    """One line for the death, one for the new start."""
    scene = Scene()
    query = scene.member("query")
    query.process.code = -9
    scene.pass_time(1)
    assert query.starts == 1
    scene.pass_time(FIRST_PAUSE_S)
    assert query.starts == 2
    assert scene.said == [
        "query ended by signal SIGKILL. It starts again in 0.5 s; its log: nowhere/query.log",
        "query runs again (pid 4711).",
    ]
    scene.pass_time(1)
    assert query.starts == 2


def test_the_pause_doubles_up_to_a_bound_and_shrinks_after_a_steady_life() -> None:
    """A crash loop does not spin; who lived long begins anew."""
    scene = Scene()
    query = scene.member("query")
    for _ in range(12):
        query.process.code = 1
        scene.pass_time(0)
        scene.pass_time(LONGEST_PAUSE_S)
    pauses = [line.split(" in ")[1].split(" s;")[0] for line in scene.said if "starts again" in line]
    assert pauses[:4] == ["0.5", "1.0", "2.0", "4.0"]
    assert pauses[-1] == "30.0"
    scene.pass_time(STEADY_AFTER_S + 1)
    query.process.code = 1
    scene.pass_time(0)
    assert "in 0.5 s" in scene.said[-1]


def test_who_finishes_may_end_and_nobody_else() -> None:
    """Exit code 0 is an end for the one whose work ends, and a death for a service."""
    scene = Scene()
    feed, query = scene.member("feed", finishes=True), scene.member("query")
    feed.process.code = query.process.code = 0
    scene.pass_time(0)
    scene.pass_time(1)
    assert (feed.starts, query.starts) == (1, 2)
    feed.process.code = 1
    scene.pass_time(0)
    scene.pass_time(1)
    assert feed.starts == 2


def test_layers_end_from_the_top_each_side_by_side() -> None:
    """Services finish while their servers still serve."""
    scene = Scene()
    for name, layer in (("kafka", 1), ("mongod", 1), ("query", 2), ("envoy", 3)):
        scene.member(name, layer)
    scene.supervisor.stop(grace_s=7)
    assert scene.ended == [
        "asked envoy",
        "awaited envoy 7",
        "asked query",
        "awaited query 7",
        "asked kafka",
        "asked mongod",
        "awaited kafka 7",
        "awaited mongod 7",
    ]
    scene.supervisor.check()
