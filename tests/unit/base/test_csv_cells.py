"""Names that a spreadsheet would take for formulas, in CSV files and back."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgni.base.csv_cells import guarded, unguarded

_FORMULAS = [
    "=1+1",
    "=HYPERLINK(0)",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|'x'!A1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "-",
    "'=1",
]
_NUMBERS = [
    "-0.5",
    "+0.050",
    "-1e-08",
    "12",
    "-3%",
    "-0.11 ± 0.03",
    "+2.0 [-1.0, +5.0]",
    "+0.05 [+0.01, +0.09] (selected)",
]


@pytest.mark.parametrize("text", _FORMULAS)
def test_a_formula_is_made_text(text: str) -> None:
    table = guarded(pd.DataFrame({text: [text, "MAPT", None]}))
    assert unguarded(table).columns.tolist() == [text]
    assert table.columns.tolist() == [f"'{text}"] and table.iloc[:2, 0].tolist() == [f"'{text}", "MAPT"]


@pytest.mark.parametrize("text", _NUMBERS)
def test_a_number_keeps_its_sign(text: str) -> None:
    assert guarded(pd.DataFrame({"x": [text]})).iloc[0, 0] == text


def test_numbers_are_left_alone() -> None:
    table = pd.DataFrame({"x": [-1.5, float("nan")], "y": [-3, 4]})
    pd.testing.assert_frame_equal(guarded(table), table)


@settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(st.sampled_from("'=+-@\t＝\n,\"a1 .[]|"), max_size=8), min_size=1, max_size=4))
def test_every_name_comes_back_from_the_file(tmp_path: Path, names: list[str]) -> None:
    table = pd.DataFrame({"name": pd.Series(names, dtype="str"), "n": range(len(names))})
    guarded(table).to_csv(tmp_path / "t.csv", index=False)
    back = pd.read_csv(tmp_path / "t.csv", keep_default_na=False, dtype={"name": str})
    assert not any(text[:1] in ("=", "@", "\t") for text in back["name"])
    pd.testing.assert_frame_equal(unguarded(back), table)
