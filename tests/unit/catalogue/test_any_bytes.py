"""Whatever bytes come, a reader of inputs gives a table or an InputError of one line: noise, and good files spoiled."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from tests.unit.catalogue.readers import READERS, Reader
from tests.unit.catalogue.spoiling import CELLS, spoiled, with_cells

_QUICK = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_TABLES = {name: reader for name, reader in READERS.items() if reader.by_cell}


def _answers(reader: Reader, folder: Path, content: bytes) -> bool:
    """Whether the file is read; a refusal must be one line that names it."""
    path = folder / reader.name
    path.write_bytes(content)
    try:
        reader.read(path)
    except InputError as error:
        assert reader.may_say_more or "\n" not in str(error), str(error)
        return False
    return True


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
def test_good_files_are_read(reader: Reader, tmp_path: Path) -> None:
    assert all(_answers(reader, tmp_path, content) for content in reader.good)


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
def test_noise_is_a_table_or_an_error(reader: Reader, tmp_path: Path) -> None:
    @_QUICK
    @given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
    def answered(content: bytes) -> None:
        _answers(reader, tmp_path, content)

    answered()


@pytest.mark.parametrize("reader", READERS.values(), ids=list(READERS))
def test_a_spoiled_file_is_a_table_or_an_error(reader: Reader, tmp_path: Path) -> None:
    @_QUICK
    @given(spoiled(reader.good))
    def answered(content: bytes) -> None:
        _answers(reader, tmp_path, content)

    answered()


@pytest.mark.parametrize("reader", _TABLES.values(), ids=list(_TABLES))
def test_odd_values_in_every_column_are_a_table_or_an_error(reader: Reader, tmp_path: Path) -> None:
    tried = [_answers(reader, tmp_path, content) for content in with_cells(reader.good[0])]
    assert len(tried) >= len(CELLS) and not all(tried)
