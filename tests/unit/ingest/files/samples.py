"""Files as senders write them: our own csv, and exports of the operator's shape in three languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.ingest.files.chunk import Chunk
from services.ingest.files.cut import cut
from services.ingest.files.read import read_chunk
from services.ingest.files.told import Fault, HourTold, Told
from shared.domain.gas_time import local_start

LINE = "BE-0042-A"


@dataclass(frozen=True)
class Portal:
    """How the operator's portal writes its export in one language."""

    heading: str
    date: str
    register: str
    read: str
    estimated: str
    missing: str
    energy_first: bool


ENGLISH = Portal(
    "From (date);From (time);Until (date);Until (time);EAN code;Meter;Meter type;Register;Volume;Unit;"
    "Validation status;Caloric upper value;Description",
    *("%d/%m/%Y", "Offtake", "Read", "Estimated", "No consumption"),
    energy_first=False,
)
DUTCH = Portal(
    "Van datum;Van tijdstip;Tot datum;Tot tijdstip;EAN-code;Meter;Metertype;Register;Volume;Eenheid;"
    "Validatiestatus;Calorische Bovenwaarde",
    *("%d-%m-%Y", "Afname", "Gevalideerd", "Geschat", "Geen verbruik"),
    energy_first=True,
)
FRENCH = Portal(
    "De (date);De (heure);Jusqu\u2019au (date);Jusqu\u2019\u00e0 (heure);Code EAN;Compteur;Type de compteur;Registre;"
    "Volume;Unit\u00e9;Statut de validation;Valeur calorifique sup\u00e9rieure;Description",
    *("%d/%m/%Y", "Pr\u00e9l\u00e8vement", "Lu", "Estim\u00e9", "Pas de consommation"),
    energy_first=False,
)
PORTALS = (ENGLISH, DUTCH, FRENCH)


@dataclass(frozen=True)
class Written:
    """What an export says of one hour: decimals with a comma, empty where missing."""

    hour: int
    volume: str
    energy: str
    status: str


def export(portal: Portal, hours: Iterable[Written]) -> bytes:
    """Return an export with byte order mark, its m\u00b3 and kWh rows in the portal's order."""
    rows = [portal.heading]
    for written in hours:
        volume = fluvius_row(portal, written, written.volume, "m\u00b3")
        energy = fluvius_row(portal, written, written.energy, "kWh")
        rows += [energy, volume] if portal.energy_first else [volume, energy]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


def fluvius_row(portal: Portal, written: Written, value: str, unit: str) -> str:
    """Return one row of an export."""
    start, end = local_start(written.hour), local_start(written.hour + 1)
    label = ";".join(f"{moment.strftime(portal.date)};{moment:%H:%M:%S}" for moment in (start, end))
    cells = [label, '="541448820050000001"', "7FLO1", "Digital", portal.register, value, unit, written.status, ""]
    return ";".join(cells + [""] * portal.heading.endswith("Description"))


def chunks_of(data: bytes | str, line: str | None = None) -> list[Chunk]:
    """Return the chunks of a file whose lines all belong to one station."""
    return cut(data.encode() if isinstance(data, str) else data, line, lambda _: "BE-0042")


def told_by(data: bytes | str, line: str | None = None) -> Told:
    """Return what a whole file tells, through the bytes of its chunks."""
    told = Told()
    for chunk in chunks_of(data, line):
        part = read_chunk(chunk.to_bytes())
        told.hours += part.hours
        told.faults += part.faults
    return told


def only_hour(data: bytes | str, line: str | None = None) -> HourTold:
    """Return the one hour of a file that has no fault."""
    told = told_by(data, line)
    assert (len(told.hours), told.faults) == (1, [])
    return told.hours[0]


def only_fault(data: bytes | str, line: str | None = None) -> Fault:
    """Return the one fault of a file that tells no hour."""
    told = told_by(data, line)
    assert (told.hours, len(told.faults)) == ([], 1)
    return told.faults[0]
