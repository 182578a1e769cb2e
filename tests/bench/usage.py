"""What processes use, from Linux' /proc: CPU seconds, peak memory, and what everybody else took meanwhile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12  # fields of /proc/PID/stat after the name
_IDLE = (3, 4)  # fields of the first line of /proc/stat: idle, and idle waiting for a disk


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds by process since each began, and of the whole machine since it was started."""

    cpu_s: dict[str, float]
    machine_s: float

    def since(self, before: Usage) -> Usage:
        """Return what was used between two looks; a process that did not run before counts from its beginning."""
        spent = {name: cpu - before.cpu_s.get(name, 0.0) for name, cpu in self.cpu_s.items()}
        return Usage(spent, self.machine_s - before.machine_s)

    @property
    def others_s(self) -> float:
        """CPU seconds of programs that are not measured."""
        return max(0.0, self.machine_s - sum(self.cpu_s.values()))


def usage(pids: Mapping[str, int]) -> Usage:
    """Look."""
    busy = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    working = sum(value for place, value in enumerate(busy) if place not in _IDLE)
    return Usage({name: _cpu_s(pid) for name, pid in pids.items()}, working / TICKS_PER_S)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / TICKS_PER_S


def peak_memory_mb(pid: int) -> float:
    """Return the greatest resident memory that a process ever had, in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(f"process {pid} has no peak memory")
