"""The main table: layouts, encodings, values that nobody can have."""

import tempfile
from pathlib import Path

import pandas as pd

from cgni.cohort.outcome import outcome_values
from cgni.cohort.participants import read_main_table
from cgni.cohort.settings import CohortSettings, OutcomeSettings
from tests.unit.catalogue.case import Case, clear, encodings, handled, not_text, written

_COHORT, _OUTCOME = CohortSettings(n_pcs=1), OutcomeSettings()
_HEADER = "eid,31-0.0,21003-2.0,54-2.0,4282-2.0,25000-2.0,22009-0.1"
_LINES = ("1000001,0,61,11025,7,1.3,0.01", "1000002,1,58,11026,4,1.2,-0.02")
_GOOD = "\n".join((_HEADER, *_LINES)) + "\n"
_EXPECTED = (["1000001", "1000002"], [61.0, 58.0])


def _read(path: Path) -> tuple[list[str], list[float]]:
    phenotypes = read_main_table(path, _COHORT, _OUTCOME)
    return list(phenotypes.ids), phenotypes.at(21003, 2).tolist()


def _centres(path: Path) -> list[float]:
    return read_main_table(path, _COHORT, _OUTCOME).at(54, 2).tolist()


def _dated(path: Path) -> list[float]:
    return read_main_table(path, CohortSettings(n_pcs=1, confounds=(53,)), _OUTCOME).at(53, 2).tolist()


def _scored(path: Path) -> None:
    phenotypes = read_main_table(path, _COHORT, _OUTCOME)
    outcome_values(phenotypes, _OUTCOME, pd.Series(2, index=phenotypes.ids))


def _with(column: str, value: str) -> str:
    """The good table with another value of the first person."""
    cells = _LINES[0].split(",")
    cells[_HEADER.split(",").index(column)] = value
    return "\n".join((_HEADER, ",".join(cells), _LINES[1])) + "\n"


def _parquet(folder: Path) -> tuple[list[str], list[float]]:
    with tempfile.NamedTemporaryFile("w", suffix=".csv", dir=folder) as stream:
        stream.write(_GOOD)
        stream.flush()
        pd.read_csv(stream.name).to_parquet(folder / "main.parquet")
    return _read(folder / "main.parquet")


_RAP = _GOOD.replace(_HEADER, "participant.eid,p31,p21003_i2,p54_i2,p4282_i2,p25000_i2,p22009_a1")
_R = _GOOD.replace(_HEADER, "f.eid,f.31.0.0,f.21003.2.0,f.54.2.0,f.4282.2.0,f.25000.2.0,f.22009.0.1").replace(",", "\t")
_DATES = "\n".join((_HEADER + ",53-2.0", _LINES[0] + ",{}", _LINES[1] + ",2017-01-01")) + "\n"
_FOREIGN = "7,0,61,M\xfcnchen,7,1.3,0\n".encode("latin-1")
_READ = {
    "ukbconv csv": _GOOD,
    "ukbconv csv, quoted": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in _GOOD.split())
    + "\n",
    "ukbconv r": _R,
    "RAP export": _RAP,
    "RAP export without a prefix": _RAP.replace("participant.", ""),
    "RAP export with meanings": _RAP.replace("01,0,", "01,Female,").replace("02,1,", "02,Male,"),
    "RAP export with centres' names": _RAP.replace("11025", "Cheadle (imaging)"),
    "semicolons": _GOOD.replace(",", ";"),
    "floats for ids": _GOOD.replace("1000001", "1000001.0"),
    "NA for empty": _GOOD.replace("1.3", "NA"),
    "abandoned scores": _GOOD.replace(",7,", ",-1,"),
    "further columns, one of them twice": _GOOD.replace("\n", ",x,y\n").replace(",x,y", ",9-0.0,9-0.0", 1),
}
_VALUES = {
    "an age of 650": ("21003-2.0", "650", "1 values of field 21003 are outside 18 to 110"),
    "an age of -3": ("21003-2.0", "-3", "outside 18 to 110"),
    "an age of 0": ("21003-2.0", "0", "outside 18 to 110"),
    "an age in months": ("21003-2.0", "732", "outside 18 to 110"),
    "a year of birth": ("21003-2.0", "1958", "outside 18 to 110"),
    "an infinite age": ("21003-2.0", "inf", "1 values of field 21003 are infinite"),
    "an age in words": ("21003-2.0", "sixty", "neither numbers nor known meanings"),
    "sex coded 2": ("31-0.0", "2", "neither 0"),
    "sex in unknown words": ("31-0.0", "W", "neither numbers nor known meanings"),
    "a head size of -1": ("25000-2.0", "-1", r"outside 0\.5 to 3"),
    "a head size in millilitres": ("25000-2.0", "1480", r"outside 0\.5 to 3"),
    "an infinite component": ("22009-0.1", "inf", "infinite"),
    "a component of 1e9": ("22009-0.1", "1e9", "outside -10000 to 10000"),
    "an infinite score": ("4282-2.0", "inf", "infinite"),
    "a centre of punctuation": ("54-2.0", "?", "neither numbers nor known meanings"),
    "a fraction for a centre": ("54-2.0", "2.5", "1 values of field 54 are no codes of centres"),
    "a centre of 1e20": ("54-2.0", "1e20", "no codes of centres"),
    "an empty id": ("eid", "", "1 lines without an id"),
    "an id twice": ("eid", "1000002", "1 ids appear more than once"),
    "an id that lost digits": ("eid", "1.00001E+06", "1 ids in scientific notation have lost digits"),
}
_BROKEN = {
    "an empty file": ("", "empty; expected a table"),
    "a header alone": (_HEADER + "\n", "the main table has no people"),
    "no column of ids": (_GOOD.replace("eid", "person"), "expected one id column"),
    "two columns of ids": (_GOOD.replace("\n", ",1\n").replace(",1\n", ",eid\n", 1), "expected one id column"),
    "a field twice": (_GOOD.replace("25000-2.0", "31-0.0"), "the columns 31-0.0 appear twice"),
    "a field twice, in two layouts": (_GOOD.replace("25000-2.0", "p31"), "same field and visit"),
    "a needed field missing": (_GOOD.replace("54-2.0", "55-2.0"), "no column of field 54"),
    "a component missing": (_GOOD.replace("22009-0.1", "22009-0.2"), r"no column of field 22009 \(array 1\)"),
    "a line cut short": (_GOOD + "1000003,1,6\n", "line 4 has 3 cells, the header 7"),
    "a line too long": (_GOOD + "1000003,1,60,1,1,1,1,1\n", "line 4 has 8 cells, the header 7"),
}

CASES: list[Case] = [
    *(handled(f"main table: {name}", written(text, _read), _EXPECTED) for name, text in _READ.items()),
    *(handled(f"main table: {name}", written(text, _read), _EXPECTED) for name, text in encodings(_GOOD).items()),
    handled("main table: a centre without a code", written(_with("54-2.0", "Atlantis"), _centres), [11029, 11026]),
    handled(
        "main table: centres by name", written(_RAP.replace("11025", "Cheadle (imaging)"), _centres), [11025, 11026]
    ),
    handled("main table: dates", written(_DATES.format("2016-07-01"), _dated), [2016 + 182 / 365.25, 2017.0]),
    clear("main table: dates and numbers", written(_DATES.format("42552"), _dated), "1 dates such as .* and 1 numbers"),
    clear(
        "main table: latin-1 beyond the beginning",
        written(_GOOD.encode() + "".join(f"{n},0,61,11025,7,1.3,0\n" for n in range(900)).encode() + _FOREIGN, _read),
        "not UTF-8 text",
    ),
    clear("main table: a date in no calendar", written(_DATES.format("2016-13-45"), _dated), "1 dates of field 53"),
    clear("main table: a score of 70000", written(_with("4282-2.0", "70000"), _scored), "no whole numbers up to 10000"),
    clear(
        "main table: half a score", written(_with("4282-2.0", "7.5"), _scored), "1 values of field 4282 are no whole"
    ),
    handled("main table: Parquet", _parquet, _EXPECTED),
    *(
        clear(f"main table: {name}", written(_with(column, value), _read), message)
        for name, (column, value, message) in _VALUES.items()
    ),
    *(clear(f"main table: {name}", written(text, _read), message) for name, (text, message) in _BROKEN.items()),
    *not_text(_read, "main table"),
]
