"""The words of the Flemish distribution operator's hourly gas export, in the three languages of its portal.

English and Dutch are taken from public samples; Dutch exists with brackets ("Van (datum)") and without ("Van datum"),
and with the status `Uitgelezen` beside `Gevalideerd`. No public French sample was at hand: the French words are assumed
from the operator's French terminology, with the variants that are likely (`Jusqu'au`, `Jusqu'à`, `À`, `Au`). A French
word that is missing here is refused by name, never guessed. Keys are in plain spelling, see spelling.py.
The calorific column holds a word (provisional or definitive), not a number, and is not read.
"""

from __future__ import annotations

from shared.domain.reading import Quality

_HEADINGS = {
    "from_date": ("from date", "van datum", "de date", "du date", "a partir du date", "a partir de date"),
    "from_time": ("from time", "van tijdstip", "de heure", "du heure", "a partir de heure"),
    "until_date": (
        *("until date", "to date", "tot datum", "a date", "au date"),
        *("jusqu'au date", "jusqu'a date", "jusque date"),
    ),
    "until_time": (
        *("until time", "to time", "tot tijdstip", "a heure", "au heure"),
        *("jusqu'au heure", "jusqu'a heure", "jusque heure"),
    ),
    "ean": ("ean code", "code ean", "ean"),
    "meter": ("meter", "compteur"),
    "register": ("register", "registre"),
    "volume": ("volume",),
    "unit": ("unit", "eenheid", "unite"),
    "status": ("validation status", "validatiestatus", "statut de validation", "statut de la validation"),
}
HEADINGS = {spelling: column for column, spellings in _HEADINGS.items() for spelling in spellings}
"""Plain spelling of a heading to our name of the column."""

OFFTAKE = frozenset({"offtake", "afname", "prelevement", "consommation"})
INJECTION = frozenset({"injection", "injectie"})

CUBIC_METRES = frozenset({"m\u00b3", "m3"})
KILOWATT_HOURS = frozenset({"kwh"})

STATUSES = {
    **dict.fromkeys(("read", "validated"), Quality.MEASURED),
    **dict.fromkeys(("uitgelezen", "gelezen", "gevalideerd"), Quality.MEASURED),
    **dict.fromkeys(("lu", "releve", "valide"), Quality.MEASURED),
    **dict.fromkeys(("estimated", "geschat", "estime"), Quality.ESTIMATED),
    **dict.fromkeys(("no consumption", "geen verbruik"), Quality.MISSING),
    **dict.fromkeys(("pas de consommation", "aucune consommation"), Quality.MISSING),
}
