"""The gas physics as a command: what programs read, and what they read where there is no number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gastrack.__main__ import app

GAS_1 = (
    "methane=96.5,ethane=1.8,propane=0.45,isobutane=0.1,n_butane=0.1,isopentane=0.05,n_pentane=0.03,n_hexane=0.07,"
    "nitrogen=0.3,carbon_dioxide=0.6"
)
ANNEX_D_1 = "methane=93.3212,ethane=2.5656,propane=1.5368,nitrogen=1.0350,carbon_dioxide=1.5414"
PROPERTIES = {
    *("molar_mass_kg_per_kmol", "compression_factor", "gcv_mj_per_m3", "ncv_mj_per_m3", "gcv_kwh_per_m3"),
    *("ncv_kwh_per_m3", "density_kg_per_m3", "relative_density", "wobbe_gross_mj_per_m3", "wobbe_net_mj_per_m3"),
    *("kref", "reference", "edition"),
}
SIMPLE = ["--gcv-mj-per-m3", "40.66", "--relative-density", "0.581", "--carbon-dioxide", "0.6", "--hydrogen", "0"]
STATE = ["--pressure-bar", "60", "--temperature-c", "-3.15"]


def _run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["gas", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def _json(*arguments: str, code: int = 0) -> Any:
    return json.loads(_run(*arguments, "--json", code=code))


def test_properties_of_a_composition() -> None:
    """Annex D example 1, under the names that programs rely on."""
    told = _json("properties", "--composition", ANNEX_D_1, "--reference", "15/15")
    assert set(told) >= PROPERTIES
    assert told["gcv_mj_per_m3"] == pytest.approx(38.410611, abs=5e-7)
    assert told["gcv_kwh_per_m3"] == pytest.approx(38.410611 / 3.6, abs=5e-7)
    assert told["ncv_kwh_per_m3"] * 3.6 == pytest.approx(told["ncv_mj_per_m3"])
    assert (told["reference"], told["edition"], told["sum_mol_percent"]) == ("15/15", "ISO 6976:2016", 100)
    assert "0 °C and 1.01325 bar" in told["kref_definition"]


def test_uncertainty_where_it_is_asked_for() -> None:
    """With what the chromatograph leaves uncertain, in mol %."""
    uncertain = "methane=0.0346,ethane=0.0243,propane=0.0148,nitrogen=0.0195,carbon_dioxide=0.0111"
    asked = ["properties", "--composition", ANNEX_D_1, "--reference", "15/15", "--uncertainty"]
    told = _json(*asked, uncertain)
    assert told["gcv_standard_uncertainty_mj_per_m3"] == pytest.approx(0.026267, abs=5e-7)
    assert "gcv_standard_uncertainty_mj_per_m3" not in _json(*asked[:-1])
    assert _json(*asked, "methane=-1", code=1)["issues"][0]["position"] == "uncertainty"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--method", "sgerg88", *SIMPLE, *STATE], 0.84084),
        (["--method", "aga8", "--composition", GAS_1, *STATE], 0.84053),
        (["--method", "gerg2008", "--composition", GAS_1, *STATE], 0.84053),
        (["--method", "sgerg88", "--composition", GAS_1, *STATE], 0.84053),
    ],
)
def test_compressibility_of_a_state(arguments: Sequence[str], expected: float) -> None:
    """Each method, with its edition."""
    told = _json("compressibility", *arguments)
    assert set(told) == {"compression_factor", "method", "edition"}
    assert told["compression_factor"] == pytest.approx(expected, abs=5e-4)
    assert told["method"] == arguments[1]


def test_a_person_reads_lines() -> None:
    """A name and its value each; a reason where there is none."""
    assert "gcv_mj_per_m3" in _run("properties", "--composition", "methane=100")
    assert _run("properties", "--composition", "methane=90", code=1).startswith("COMPOSITION_SUM composition: ")


@pytest.mark.parametrize(
    ("arguments", "code", "position"),
    [
        (["properties", "--composition", "methane=90"], "COMPOSITION_SUM", "composition"),
        (["properties", "--composition", "methane=-1,ethane=101"], "COMPOSITION_NEGATIVE", "composition.methane"),
        (["properties", "--composition", "methane=nan"], "COMPOSITION_NUMBER", "composition.methane"),
        (["properties", "--composition", "methane=１００"], "COMPOSITION_NUMBER", "composition.methane"),  # noqa: RUF001 - full-width digits are the point
        (["properties", "--composition", "methane"], "COMPOSITION_NUMBER", "composition"),
        (["properties", "--composition", "methane=50,methane=50"], "COMPOSITION_NUMBER", "composition"),
        (["properties", "--composition", "methan=100"], "UNKNOWN_COMPONENT", "composition.methan"),
        (["properties", "--composition", "methan=x"], "UNKNOWN_COMPONENT", "composition.methan"),
        (["properties"], "MISSING_INPUT", "composition"),
        (["properties", "--composition", "methane=100", "--reference", "1/2"], "UNKNOWN_REFERENCE", "reference"),
        (["compressibility", "--method", "sgerg88", *SIMPLE], "MISSING_INPUT", "pressure_bar"),
        (["compressibility", "--method", "sgerg88", *SIMPLE[2:], *STATE], "MISSING_INPUT", "gcv_mj_per_m3"),
        (["compressibility", "--method", "aga8", *SIMPLE, *STATE], "MISSING_INPUT", "composition"),
        (["compressibility", "--method", "aga8", *STATE], "MISSING_INPUT", "composition"),
        (
            ["compressibility", "--method", "sgerg88", *SIMPLE, *STATE, "--composition", "methane=100"],
            "MISSING_INPUT",
            "composition",
        ),
        (["compressibility", "--method", "sgerg88", *SIMPLE, "--pressure-bar", "x"], "NUMBER", "pressure_bar"),
    ],
)
def test_a_reason_code_never_a_number(arguments: Sequence[str], code: str, position: str) -> None:
    """Exit code 1, and the issue in the form of every other."""
    told = _json(*arguments, code=1)
    assert [(issue["code"], issue["position"]) for issue in told["issues"]] == [(code, position)]


def test_a_composition_a_row(tmp_path: Path) -> None:
    """One bad row costs its neighbours nothing; a row may name its own reference."""
    file = tmp_path / "gases.csv"
    file.write_text("methane,ethane,reference\n90,10,\n90,20,\n95,5,15/15\n", "utf-8")
    rows = _json("properties", "--file", str(file), code=1)["rows"]
    assert [row.get("reference") for row in rows] == ["25/0", None, "15/15"]
    assert rows[1]["issues"][0]["code"] == "COMPOSITION_SUM"
    lines = _run("properties", "--file", str(file), code=1).splitlines()
    assert [len(lines), lines[0].split(",")[-1], lines[2].strip(",")[:17]] == [4, "issue", '"COMPOSITION_SUM ']


def test_a_state_a_row(tmp_path: Path) -> None:
    """Of one gas for all, or of each row's own."""
    states = tmp_path / "states.csv"
    states.write_text("pressure_bar,temperature_c\n60,10\n70,5\n", "utf-8")
    of_one = _json("compressibility", "--method", "aga8", "--composition", ANNEX_D_1, "--file", str(states))["rows"]
    states.write_text("pressure_bar,temperature_c,gcv_mj_per_m3,relative_density\n60,-3.15,40.66,0.581\n", "utf-8")
    of_own = _json(
        "compressibility", "--method", "sgerg88", "--carbon-dioxide", "0.6", "--file", str(states)
    )["rows"]  # fmt: skip
    assert of_one[0]["compression_factor"] > of_one[1]["compression_factor"]
    assert of_own[0]["compression_factor"] == pytest.approx(0.84084, abs=1e-5)


@pytest.mark.parametrize("text", ["", "methane,methane\n50,50\n", "methane\n1,2\n", 'methane\n"100\n', "\xff"])
def test_a_file_that_is_none_is_wrong_use(tmp_path: Path, text: str) -> None:
    """Exit code 2, with what is wrong with it."""
    file = tmp_path / "broken.csv"
    file.write_bytes(text.encode("latin-1"))
    assert str(file) in _run("properties", "--file", str(file), code=2)
    assert _run("properties", "--file", str(tmp_path / "nowhere.csv"), code=2)
