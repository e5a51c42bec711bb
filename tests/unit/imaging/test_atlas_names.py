"""Names of regions from label tables, as other packages write them."""

import subprocess
import sys
from pathlib import Path

import pytest

from cgni.base.errors import InputError
from cgni.imaging.atlas_names import read_names


def _table(folder: Path, *lines: str) -> Path:
    path = folder / "labels.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["1 Precentral_L 2001", "2 Precentral_R 2002"], {1: "Precentral_L", 2: "Precentral_R"}),
        (["2 b", "1 a"], {1: "a", 2: "b"}),
        (["1 Frontal Pole", "2 Frontal Orbital Cortex"], {1: "Frontal Pole", 2: "Frontal Orbital Cortex"}),
        # a number at the end is a code only where every line has one
        (["1 Area 44", "2 Area hOc"], {1: "Area 44", 2: "Area hOc"}),
        (["1 7", "2 8"], {1: "7", 2: "8"}),
        (["1 Area 44 501", "2 Area hOc 502"], {1: "Area 44", 2: "Area hOc"}),
        # colours, as FreeSurfer and Schaefer write them: all columns of integers that every line has
        (["0 Unknown 0 0 0 0", "1 Insula_L 120 18 134 0", "2 Insula_R 0 9 1 0"], {1: "Insula_L", 2: "Insula_R"}),
        (["# index name R G B A", "1 Area 44 120 18 134 0", "2 hOc 70 130 180 0"], {1: "Area 44", 2: "hOc"}),
        (["1\t7Networks_LH_Vis_1\t120\t18\t131\t0"], {1: "7Networks_LH_Vis_1"}),
        # a background without columns hides none of the others'
        (["0 Background", "1 Insula 501", "2 Putamen 502"], {1: "Insula", 2: "Putamen"}),
        (["1\tArea 44\t501", "2\tArea 45"], {1: "Area 44", 2: "Area 45"}),
        (["1\tArea 44", "", "2 Frontal Pole"], {1: "Area 44", 2: "Frontal Pole"}),
        (["0 Background", "3  Insula"], {3: "Insula"}),
        (["index name", "1 a"], {1: "a"}),
        (["index,name,x", "1,Frontal Pole,3", "2,Area 44,4"], {1: "Frontal Pole", 2: "Area 44"}),
        (['"label";"name"', '"1";"a, upper"'], {1: "a, upper"}),
        (["1 Frontal, upper", "2 Frontal, lower"], {1: "Frontal, upper", 2: "Frontal, lower"}),
    ],
)
def test_names_of_a_table(tmp_path: Path, lines: list[str], names: dict[int, str]) -> None:
    assert read_names(_table(tmp_path, *lines)) == names


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["1 a", "2"], r"labels\.txt: line 2 is not `index name`"),
        (["1 a", "", "2\t"], "line 3 is not `index name`"),
        (["a 1", "b 2"], "line 1 is not `index name`"),
        (["1 a", "2 b", "2 c"], r"1 indices appear more than once \(2\)"),
        (["1 Frontal Pole", "2 Frontal Pole", "3 b", "4 b"], r"2 names appear more than once \(Frontal Pole, b\)"),
        (["1 Area 44", "2 Area 45"], r"1 names appear more than once \(Area\); .*separate the columns by tabs"),
        (["1 Area 44 501", "2 Area 45 502"], r"1 names appear more than once \(Area\); .*by tabs"),
        ([""], "names no region"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_names(_table(tmp_path, *lines))


def test_a_table_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_bytes("1 Précentral".encode("latin-1"))
    with pytest.raises(InputError, match=r"labels\.txt: not UTF-8 text"):
        read_names(tmp_path / "labels.txt")
    (tmp_path / "labels.txt").write_text("1 Précentral", encoding="utf-8-sig")
    assert read_names(tmp_path / "labels.txt") == {1: "Précentral"}


def test_names_come_in_the_order_of_the_labels(tmp_path: Path) -> None:
    assert list(read_names(_table(tmp_path, "10 c", "9 b", "1 a"))) == [1, 9, 10]


def test_reading_names_needs_no_heavy_module() -> None:
    """The table is read whenever the workflow is parsed, so by every job of a cluster."""
    code = "import sys, cgni.imaging.atlases; print(sorted({'numpy', 'pandas', 'nibabel', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
