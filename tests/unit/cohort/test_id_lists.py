"""Lists of ids in the dialects that spreadsheets, R, pandas and plink write."""

import gzip
import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.cohort.id_lists import KnownIds, plain_id, read_listed_ids, read_withdrawals

KNOWN = KnownIds(["1000000", "1000001", "1000020", "77"])
_UTF32 = "1000001\n1000020\n".encode("utf-32")
_UTF16 = "1000001\r\n1000020\r\n".encode("utf-16")
DIALECTS = {
    "plain": b"1000001\n1000020\n",
    "blank lines and blanks": b"\n 1000001 \n\n1000020\n\n",
    "windows": b"1000001\r\n1000020\r\n",
    "old mac": b"1000001\r1000020\r",
    "byte order mark": b"\xef\xbb\xbf1000001\n1000020\n",
    "UTF-16": _UTF16,
    "UTF-32": _UTF32,
    "gzip": gzip.compress(b"1000001\n1000020\n"),
    "floats": b"1000001.0\n1000020.00\n",
    "leading zeros": b"0001000001\n01000020\n",
    "quotes": b"\"1000001\"\n'1000020'\n",
    "header": b"eid\n1000001\n1000020\n",
    "quoted header": b'"eid"\n"1000001"\n"1000020"\n',
    "header of two columns": b"FID IID\n1000001 1000001\n1000020 1000020\n",
    "tabs": b"1000001\t2024-01-01\n1000020\t2024-01-02\n",
    "semicolons": b"1000001;left\n1000020;left\n",
    "commas": b"1000001,left\n1000020,\n",
    "all on one line, commas": b"1000001,1000020\n",
    "all on one line, blanks": b"1000001 1000020",
    "all on one line, under its title": b"eid\n1000001,1000020\n",
    "all on one line, after its title": b"eid,1000001,1000020\n",
    "all on one line, in brackets": b"[1000001, 1000020]",
    "family ids first": b"#FID\tIID\n0\t1000001\n0\t1000020\n",
    "row names first": b'"","x"\n"1","1000001"\n"2","1000020"\n',
    "dates first": b"2024-01-01,1000001\n2024-02-01,1000020\n",
    "comments": b"# withdrawn in 2024\n1000001\n1000020\n",
    "formulas": b'="1000001"\n="1000020"\n',
    "thousands": b'"1,000,001"\n"1,000,020"\n',
    "marks without width": b"\xe2\x80\x8b1000001\n\xe2\x80\x8b1000020\n",
    "doubled": b"1000001_1000001\n1000020_1000020\n",
    "somebody twice": b"1000001\n1000001\n1000020\n",
}


def _listed(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    return list(read_withdrawals(path, KNOWN).ids)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_gives_the_same_people(tmp_path: Path, dialect: str) -> None:
    assert _listed(tmp_path / "withdrawn.csv", DIALECTS[dialect]) == ["1000001", "1000020"]


def test_round_ids_in_scientific_notation_are_read_and_cut_ones_refused(tmp_path: Path) -> None:
    """R writes 1e+06 for 1000000, and all digits where these are not zeros; a spreadsheet cuts after six."""
    assert _listed(tmp_path / "w", b"1e+06\n") == ["1000000"]
    assert _listed(tmp_path / "w", b"1.000001e+06\n") == ["1000001"]
    with pytest.raises(InputError, match="2 ids in scientific notation have lost digits"):
        _listed(tmp_path / "w", b"1.00002E+06\n1.2E+06\n1000001\n")


def test_a_list_of_strangers_stops_and_strangers_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(InputError, match=r"none of its 2 ids is among .* set inputs\.withdrawals to null"):
        _listed(tmp_path / "w", b"5000001\n5000002\n")
    with caplog.at_level(logging.INFO):
        assert _listed(tmp_path / "w", b"5000001\n1000001\n77\n") == ["1000001", "77"]
    assert "2 of 3 listed ids found" in caplog.text and "5000001" not in caplog.text


def test_an_empty_list_and_none_are_nobody(tmp_path: Path) -> None:
    for content in (b"", b"\n\n", b"eid\n"):
        assert _listed(tmp_path / "w", content) == []
    assert list(read_withdrawals(None, KNOWN).ids) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1000001 1000020\n77 1000000\n", "2 lines hold ids of several people"),
        (b"PK\x03\x04....", "Excel workbook"),
        (b"\x1f\x8b\x08\x00", "damaged or cut short"),
        (b"J\xfcrgen\n", "not UTF-8"),
        ("1000001\n".encode("utf-16-le"), "UTF-16 without its mark"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        _listed(tmp_path / "w", content)


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file; set inputs\.withdrawals to null"):
        read_withdrawals(tmp_path / "none", KNOWN)
    with pytest.raises(InputError, match="a folder, not a file"):
        read_withdrawals(tmp_path, KNOWN)


def test_ids_that_leading_zeros_alone_tell_apart_are_found_exactly() -> None:
    known = KnownIds(["07", "7", "8"])
    assert [known.find(text) for text in ("07", "7", "007", "08", "9")] == ["07", "7", None, "8", None]


@given(st.integers(0, 10**12))
def test_whole_numbers_survive_every_notation(number: int) -> None:
    for text in (f"{number}", f"{number}.0", f'"{number}"', f" {number} ", repr(float(number))):
        assert plain_id(text) == str(number)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_whatever_bytes_come_the_answer_is_a_list_or_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w"
    path.write_bytes(content)
    try:
        matched = read_listed_ids(path, KNOWN, "mend it")
    except InputError:
        return
    assert 0 <= matched.found <= matched.listed and set(matched.ids) <= {"1000000", "1000001", "1000020", "77"}
