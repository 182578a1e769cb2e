"""What must be at hand before hours are given gas: what chromatographs told, and the hours that may be told again."""

from __future__ import annotations

from services.aggregation.analysing import units_of_step
from services.aggregation.batch import Batch
from services.aggregation.deciding import Registered
from services.aggregation.needs import Needs
from shared.domain import gas_time
from shared.domain.decision import DecisionKind
from shared.domain.retelling import Unit, units_of_hours
from shared.events import decision
from shared.events.decision import DecisionText
from shared.events.line_log import Analysed, DecisionAsked


def add_gas(needs: Needs, batch: Batch, register: Registered) -> None:
    """Ask for what chromatographs told of the hours of lines that carry their gas, and for hours to be told again."""
    units = [unit for step in batch.steps for unit in step.units]
    for step in batch.steps:
        if isinstance(step.asked, Analysed) and not step.is_long:
            units += units_of_step(register, step)
        elif isinstance(step.asked, DecisionAsked):
            units += _reopened(register, step.asked)
    asked = [(line, range(first, last + 1)) for line, (first, last) in needs.hours.items() if line in register.gas]
    for unit in units:
        for day in gas_time.days_of(unit.hours):
            needs.beside[unit.line, day] = None
    wanted = {(register.gas[line], hours.start, hours.stop) for line, hours in asked}
    wanted |= {(register.gas[unit.line], unit.hours.start, unit.hours.stop) for unit in units}
    for gas, begin, stop in wanted:
        days = gas_time.days_of(gas.needed(range(begin, stop)))
        needs.gas |= dict.fromkeys((name, day) for name in gas.serving for day in days)
    needs.carrying = {line for line, _ in asked} | {unit.line for unit in units}


def _reopened(register: Registered, asked: DecisionAsked) -> list[Unit]:
    """Return what may be told again because a month opens."""
    text = decision.parsed(asked.document)
    if not isinstance(text, DecisionText):
        return []
    decided = text.decision()
    if decided.kind is not DecisionKind.REOPEN or decided.line not in register.gas:
        return []
    return units_of_hours(decided.line, gas_time.hours_of_month(decided.month))
