"""Days and months as functions of the hours: exact integer sums, from which means are taken only on output.

A rollup keeps sums that simply add (`ROLLUP`): the volume, the energy, both once more over the hours that have both
(for the calorific value ΣE / ΣVn), Σ volume · temperature with its volume, and counts. A month is the sum of its day
rollups. Whatever the order in which hours arrive, the sums are the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shared.domain.attribution import BY_ANALYSIS
from shared.domain.quantities import ABSENT
from shared.domain.reading import KEPT_BACK, Provenance, Quality, Validity, flagged
from shared.domain.revision import has_values

VALIDITIES = len(Validity)
QUALITIES = len(Quality)
ROLLUP = np.dtype(
    [
        ("volume", np.int64),
        ("hours_with_volume", np.uint16),
        ("energy", np.int64),
        ("hours_with_energy", np.uint16),
        ("paired_volume", np.int64),
        ("paired_energy", np.int64),
        ("temperature_moment", np.int64),
        ("temperature_volume", np.int64),
        ("gas_volume", np.int64),  # Σ|volume| of the hours whose energy an analysis told,
        ("gas_energy", np.int64),  # and Σ|energy|: what flows back is gas as well
        ("hours_present", np.uint16),
        ("by_validity", np.uint16, (VALIDITIES,)),  # of the hours present
        ("by_quality", np.uint16, (QUALITIES,)),  # of the rows, told MISSING included
        ("hours_blocked", np.uint16),  # with an open finding of severity F
        ("hours_waived", np.uint16),  # missing, and accepted as such
        ("changes", np.uint32),  # accepted revisions so far: the version
        ("known_at", np.int64),  # ms of the latest change
    ]
)
_ADDED = tuple(name for name in ROLLUP.names or () if name != "known_at")


def fold_hours(hours: NDArray[np.void]) -> NDArray[np.void]:
    """Roll up hours to days.

    Args:
        hours: HOUR rows of shape (days, hours of a day); revision 0 where nothing is known.

    Returns:
        ROLLUP rows of shape (days,).
    """
    told = hours["revision"] > 0
    present = has_values(hours)
    volume, has_volume = _values(hours["volume"], present)
    energy, has_energy = _values(hours["energy"], present)
    temperature, has_temperature = _values(hours["temperature"], present)
    paired, warm = has_volume & has_energy, has_volume & has_temperature
    days = np.zeros(len(hours), ROLLUP)
    days["volume"], days["hours_with_volume"] = volume.sum(axis=1), has_volume.sum(axis=1)
    days["energy"], days["hours_with_energy"] = energy.sum(axis=1), has_energy.sum(axis=1)
    days["paired_volume"] = (volume * paired).sum(axis=1)
    days["paired_energy"] = (energy * paired).sum(axis=1)
    days["temperature_moment"] = (volume * temperature * warm).sum(axis=1)
    days["temperature_volume"] = (volume * warm).sum(axis=1)
    by_analysis = paired & np.isin(hours["gas"], BY_ANALYSIS)
    days["gas_volume"] = (np.abs(volume) * by_analysis).sum(axis=1)
    days["gas_energy"] = (np.abs(energy) * by_analysis).sum(axis=1)
    days["hours_present"] = present.sum(axis=1)
    for validity in Validity:
        days["by_validity"][:, validity - 1] = (present & (hours["validity"] == validity)).sum(axis=1)
    for quality in Quality:
        days["by_quality"][:, quality - 1] = (told & (hours["quality"] == quality)).sum(axis=1)
    days["hours_blocked"] = (told & flagged(hours, KEPT_BACK)).sum(axis=1)
    days["hours_waived"] = (told & ~present & flagged(hours, Provenance.WAIVED)).sum(axis=1)
    days["changes"] = hours["revision"].sum(axis=1)
    days["known_at"] = (hours["known_at"] * told).max(axis=1, initial=0)
    return days


def fold_days(days: NDArray[np.void]) -> np.void:
    """Roll up day rollups (ROLLUP, in any order, of at most seven years) to one rollup of the whole period.

    Longer periods would leave the 16 bits of the counts. At the bounds of the quantities, moments of more than three
    months could leave int64; values of any real line are thousands of times smaller.
    """
    whole = np.zeros(1, ROLLUP)
    if len(days):
        for name in _ADDED:
            whole[name] = days[name].sum(axis=0, keepdims=True)
        whole["known_at"] = days["known_at"].max()
    period: np.void = whole[0]
    return period


def weakest_validity(rollup: np.void) -> Validity | None:
    """Return the weakest validity among the hours present, or None where no hour is present."""
    return next((validity for validity in Validity if rollup["by_validity"][validity - 1]), None)


def composition_moments(
    volume: NDArray[np.int64], composition: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return Σ volume · fraction and Σ volume per component, over the hours that have both.

    Composition is weighted by volume, never averaged arithmetically; moments of periods simply add.

    Args:
        volume: Scaled volumes, shape (hours,), ABSENT where missing.
        composition: Mole fractions in millionths, shape (hours, components), ABSENT where missing. At this scale a
            month at the bounds of the volume stays inside int64.
    """
    known = (composition != ABSENT) & (volume != ABSENT)[:, None]
    weights = np.where(known, volume[:, None], 0)
    return (weights * np.where(known, composition, 0)).sum(axis=0), weights.sum(axis=0)


def _values(column: NDArray[np.int64], present: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the column with 0 for what is absent, and where it has a value."""
    known = present & (column != ABSENT)
    return np.where(known, column, 0), known
