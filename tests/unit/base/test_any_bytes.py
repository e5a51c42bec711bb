"""Whatever bytes lie in the place of a finished output: what was written, or one InputError that names the file."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.base.tables import read_table
from tests.unit.base.test_damage import READERS, SCHEMAS, _table, write_table

_SCHEMA = SCHEMAS["imaging/qc.parquet"]
_ALL = {
    **READERS,
    "table": ("qc.parquet", lambda path: write_table(_table(_SCHEMA), path, _SCHEMA, {"rule": "r"}), read_table),
}


@pytest.mark.parametrize("kind", _ALL)
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), removed=st.integers(0, 40), put=st.binary(max_size=40))
def test_spliced_bytes_are_read_or_named(kind: str, place: float, removed: int, put: bytes, tmp_path: Path) -> None:
    name, write, read = _ALL[kind]
    path, whole = tmp_path / name, tmp_path / f"whole-{name}"
    if not whole.is_file():
        write(path)
        path.rename(whole)
    content = whole.read_bytes()
    start = int(place * len(content))
    path.write_bytes(content[:start] + put + content[start + removed :])
    try:
        read(path)
    except InputError as error:
        assert str(path) in str(error) and "\n" not in str(error)


@pytest.mark.parametrize("kind", _ALL)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_are_named(kind: str, content: bytes, tmp_path: Path) -> None:
    name, _, read = _ALL[kind]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match="delete it and run the same command again"):
        read(path)
