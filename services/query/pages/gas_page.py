"""The page of gas properties: a gas by its shares, what ISO 6976 says of it, and how compressible it is in a pipe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from services.query.pages.languages import Language
from shared.domain.physics.components import COMPONENTS
from shared.domain.physics.composition import Composition, composition_of
from shared.domain.physics.compressibility import compression_factor
from shared.domain.physics.gas_error import GasError, GasReason
from shared.domain.physics.iso6976 import BELGIAN, REFERENCES
from shared.domain.physics.method import Method
from shared.domain.physics.told import Told, compressibility_told, issue_told, properties_told

BALANCE = "methane"
"""The component that makes up the whole where a page asks for it."""
EXAMPLE = {"ethane": "4.2", "propane": "0.9", "n_butane": "0.2", "nitrogen": "1.1", "carbon_dioxide": "0.9"}
"""A gas as it flows in Belgium; the rest is methane."""
_HIGHEST = {
    "methane": 100.0,
    "ethane": 20.0,
    "propane": 10.0,
    "nitrogen": 25.0,
    "carbon_dioxide": 20.0,
    "hydrogen": 20.0,
}
_TRACE_HIGHEST = 5.0
_STATE = {"pressure_bar": "60", "temperature_c": "10"}
_UNITS = {
    "molar_mass_kg_per_kmol": ("kg/kmol", 4),
    "compression_factor": ("", 6),
    "gcv_kwh_per_m3": ("kWh/m³", 4),
    "gcv_mj_per_m3": ("MJ/m³", 4),
    "ncv_kwh_per_m3": ("kWh/m³", 4),
    "ncv_mj_per_m3": ("MJ/m³", 4),
    "density_kg_per_m3": ("kg/m³", 5),
    "relative_density": ("", 5),
    "wobbe_gross_mj_per_m3": ("MJ/m³", 4),
    "wobbe_net_mj_per_m3": ("MJ/m³", 4),
    "kref": ("", 6),
}


@dataclass(frozen=True, slots=True)
class Slider:
    """An input of the page: its name, its value as written, and how far its slider goes."""

    name: str
    label: str
    value: str
    lowest: float
    highest: float
    step: float


@dataclass(frozen=True, slots=True)
class Row:
    """A number that was computed."""

    label: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class GasPage:
    """Everything that the template of the page shows; `computed` says by which standards, `issues` why not."""

    shares: list[Slider]
    state: list[Slider]
    reference: str
    references: tuple[str, ...]
    method: str
    methods: tuple[Method, ...]
    is_balanced: bool
    rows: list[Row]
    computed: list[str]
    issues: list[dict[str, str]]


def gas_page(asked: Mapping[str, str], language: Language) -> GasPage:
    """Return the page of a gas; without any question, of an example."""
    given = dict(asked) if asked else {**EXAMPLE, **_STATE, "balance": "on"}
    reference, method = given.get("reference", BELGIAN), given.get("method", Method.AGA8.value)
    issues: list[dict[str, str]] = []
    rows: list[Row] = []
    computed: list[str] = []
    shares = {name: given.get(name, "") for name in COMPONENTS}
    is_balanced = "balance" in given
    try:
        gas, shares = _gas(shares, language, is_balanced=is_balanced)
        told = properties_told(gas, reference)
        rows += [_row(name, told, language) for name in _UNITS]
        computed += _how(told, language)
        factor, by = _compressed(method, gas, given, language)
        rows.append(factor)
        computed.append(by)
    except GasError as fault:
        issues.append(issue_told(fault))
    sliders = [
        Slider(n, language(f"component.{n}"), text, 0, _HIGHEST.get(n, _TRACE_HIGHEST), 0.01)
        for n, text in shares.items()
    ]
    state = [
        Slider("pressure_bar", language("gas.pressure_bar"), given.get("pressure_bar", ""), 1, 120, 0.1),
        Slider("temperature_c", language("gas.temperature_c"), given.get("temperature_c", ""), -20, 60, 0.1),
    ]
    choices = reference, REFERENCES, method, tuple(Method)
    return GasPage(sliders, state, *choices, is_balanced, rows, computed, issues)


def _gas(shares: dict[str, str], language: Language, *, is_balanced: bool) -> tuple[Composition, dict[str, str]]:
    numbers = {name: _number(f"composition.{name}", text, language) for name, text in shares.items() if text.strip()}
    if is_balanced:
        rest = 100 - sum(share for name, share in numbers.items() if name != BALANCE)
        numbers[BALANCE] = round(rest, 6)
        shares = {**shares, BALANCE: f"{rest:.6g}"}
    return composition_of(numbers), shares


def _compressed(method: str, gas: Composition, given: Mapping[str, str], language: Language) -> tuple[Row, str]:
    if method not in set(Method):
        raise GasError(GasReason.UNKNOWN_METHOD, "method", f"write one of {', '.join(Method)}")
    state = (_number(name, given.get(name, ""), language) for name in _STATE)
    told = compressibility_told(compression_factor(Method(method), gas, *state))
    value = told["compression_factor"]
    return _line("in_the_pipe", f"{value:.6f}", "", language), language("gas.pipe_by", edition=told["edition"])


def _row(name: str, told: Told, language: Language) -> Row:
    unit, places = _UNITS[name]
    return _line(name, f"{told[name]:.{places}f}", unit, language)


def _line(name: str, figure: str, unit: str, language: Language) -> Row:
    return Row(language(f"property.{name}"), str(language.number(figure)), unit)


def _how(told: Told, language: Language) -> list[str]:
    how = [language("gas.by", edition=told["edition"], reference=told["reference"]), language("gas.kref_is")]
    total = told["sum_mol_percent"]
    if isinstance(total, float) and not math.isclose(total, 100, abs_tol=1e-9):
        how.append(language("gas.normalised", sum=language.number(f"{total:.6g}")))
    return how


def _number(position: str, text: str, language: Language) -> float:
    """Read a number as a program writes it, or with the decimal sign of the language."""
    text = text.replace(language.signs[ord(".")], ".")
    try:
        number = float(text) if text.strip().isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise GasError(GasReason.NUMBER, position, f"{text[:40]!r} is no number: write a plain decimal number")
    return number
