"""Text files in the encodings and packings they come in."""

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited
from cgni.base.text_files import open_text, read_text

_TEXT = "id,name\n1,Müller\n2,Ørsted\n"


def _packed(content: bytes) -> bytes:
    """The same bytes at any time: they name the tests."""
    return gzip.compress(content, mtime=0)


def _table() -> pd.DataFrame:
    return pd.DataFrame({"id": ["1", "2"], "name": ["Müller", "Ørsted"]}, dtype="str")


@pytest.mark.parametrize(
    "content",
    [
        _TEXT.encode(),
        _TEXT.encode("utf-8-sig"),
        _TEXT.encode("utf-16"),
        _packed(_TEXT.encode()),
        _packed(_TEXT.encode("utf-16")),
        _TEXT.replace("\n", "\r\n").encode(),
        _TEXT.replace("\n", "\r").encode(),
        _TEXT.replace(",", "\t").encode(),
        _TEXT.replace(",", ";").encode(),
        _TEXT.replace(",", "  ").encode(),
        ("## a comment\n# another\n\n#" + _TEXT + "\n\n").encode(),
        '"id","name"\n"1","Müller"\n2, Ørsted \n'.encode(),
    ],
)
def test_tables_are_read_as_they_come(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t").write_bytes(content)
    pd.testing.assert_frame_equal(read_delimited(tmp_path / "t", "x", ["id"]), _table())


def test_parquet_is_a_table_too(tmp_path: Path) -> None:
    _table().assign(id=[1, 2]).to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(read_delimited(tmp_path / "t.parquet", "x"), _table(), check_dtype=False)
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[:-20])
    with pytest.raises(InputError, match="a damaged Parquet table"):
        read_delimited(tmp_path / "t.parquet", "x")
    with pytest.raises(InputError, match="Parquet table; save it as CSV"):
        read_text(tmp_path / "t.parquet", "x")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty; expected a table with a header line"),
        (b"\n \n", "empty; expected a table with a header line"),
        (b"id,id\n1,2\n", "the columns id appear twice"),
        (b"name\nx\n", "no column id; expected id, the file has name"),
        (b"id,name\n1,x\n2,y,z\n", "line 3 has 3 cells, the header 2"),
        (b"id,name\n\n1\n", "line 3 has 1 cells, the header 2"),
        (_TEXT.encode("latin-1"), "not UTF-8 text"),
        (_TEXT.encode("utf-16-le"), "UTF-16 without its mark"),
        (b"PK\x03\x04 ...", "Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0 ...", "old Excel workbook"),
        (b"BZh9", "compressed by bzip2"),
        (b"\xfd7zXZ\0", "compressed by xz"),
        (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
        (_packed(_TEXT.encode() * 99)[:-9], "damaged or cut short"),
        (b"\x1f\x8bx", "damaged or cut short"),
    ],
)
def test_what_cannot_be_read_is_named_for_what_it_is(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_delimited(tmp_path / "t", "set inputs.x", ["id"])


def test_a_folder_no_file_and_an_impossible_name_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file; set inputs\.x"):
        read_text(tmp_path / "none", "set inputs.x")
    with pytest.raises(InputError, match="a folder, not a file"):
        read_text(tmp_path, "set inputs.x")
    with (
        pytest.raises(InputError, match="not readable"),
        open_text(tmp_path / ("x" * 300), "x"),
    ):
        pass


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_whatever_bytes_come_the_answer_is_a_table_or_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t").write_bytes(content)
    try:
        table = read_delimited(tmp_path / "t", "x")
    except InputError:
        return
    assert table.columns.is_unique
