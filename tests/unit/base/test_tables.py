"""Tables under a declared schema, with what made them."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from cgni.base.files import digest_file
from cgni.base.tables import read_provenance, read_table, write_table

SCHEMA = pa.schema([pa.field("participant_id", pa.string(), nullable=False), pa.field("age", pa.float64())])


def test_table_round_trip_keeps_provenance(tmp_path: Path) -> None:
    frame = pd.DataFrame({"participant_id": ["a", "b"], "age": [50.0, None]})
    write_table(frame, tmp_path / "t.parquet", SCHEMA, {"rule": "r", "seed": 1})
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.parquet"), frame)
    assert read_provenance(tmp_path / "t.parquet") == {"rule": "r", "seed": 1}
    before = digest_file(tmp_path / "t.parquet")
    write_table(frame, tmp_path / "t.parquet", SCHEMA, {"rule": "r", "seed": 1})
    assert digest_file(tmp_path / "t.parquet") == before


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"participant_id": ["a"]}), "missing columns"),
        (pd.DataFrame({"participant_id": ["a"], "age": [1.0], "extra": [1]}), "unexpected"),
        (pd.DataFrame({"participant_id": [None], "age": [1.0]}), "non-nullable"),
    ],
)
def test_tables_that_break_their_schema_are_refused(tmp_path: Path, frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        write_table(frame, tmp_path / "t.parquet", SCHEMA, {})
    assert not list(tmp_path.iterdir())
