"""The words by which pages name what a gas is made of and what it is like."""

from __future__ import annotations

CHARACTERISTIC_LABELS = {
    "density": "Density",
    "wobbe": "Wobbe index",
    "ncv": "Net calorific value",
    "kref": "Kref",
}
"""By the name of the published column."""


def component_label(name: str) -> str:
    """Return a component's name as people write it: `n_butane` is n-butane, `carbon_dioxide` Carbon dioxide."""
    words = name.removeprefix("n_").replace("_", " ")
    return f"n-{words}" if name.startswith("n_") else words.capitalize()
