"""Counted allele, fill values, the matrix for models. Expected values are worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import read_table, write_table
from cgni.genetics.coding import alt_is_minor, fill_values
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.matrix import load_genotypes
from cgni.genetics.schemas import FILL

GENOTYPES = pa.schema([("participant_id", pa.string()), ("s1", pa.int8()), ("s2", pa.int8())])


def _counts(**columns: list) -> pd.DataFrame:
    return pd.DataFrame({name: pd.array(values, dtype="Int8") for name, values in columns.items()})


def _allele_counts(**columns: list) -> AlleleCounts:
    values = np.array([[-1 if value is None else value for value in column] for column in columns.values()], np.int8)
    ids = pd.Index(list("abcd")[: values.shape[1]], dtype=str)
    return AlleleCounts(ids, pd.Index(list(columns), dtype=str), values.T)


def test_minor_allele_is_counted() -> None:
    counts = _allele_counts(rare=[0, 1, 0, None], common=[2, 1, 2, None], even=[0, 2, 1, 1], empty=[None] * 4)
    minor = alt_is_minor(counts)
    assert minor.tolist() == [True, False, True, True]
    turned = counts.turned(~minor).values
    assert turned[:, 1].tolist() == [0, 1, 0, -1] and turned[:, 0].tolist() == [0, 1, 0, -1]
    assert turned.dtype == np.int8


def test_fill_is_the_mean_of_the_training_people() -> None:
    genotypes = _allele_counts(s1=[0, 1, 2, None], s2=[2, None, 0, 1])
    fill = fill_values(genotypes, pd.Index(["a", "b", "z"]))
    assert fill["variant_id"].tolist() == ["s1", "s2"] and fill["fill"].tolist() == [0.5, 2.0]
    with pytest.raises(InputError, match="1 variants are missing in all 1 training people"):
        fill_values(genotypes, pd.Index(["b"]))
    with pytest.raises(InputError, match="none of the fold's training people"):
        fill_values(genotypes, pd.Index(["z"]))


@pytest.mark.parametrize("stored", [False, True])
def test_matrix_for_models(tmp_path: Path, stored: bool) -> None:
    genotypes = _counts(s1=[0, 1, 2, None], s2=[2, None, 0, 1])
    genotypes.insert(0, "participant_id", list("abcd"))
    fill = pd.DataFrame({"variant_id": ["s2", "s1"], "fill": [0.25, 0.75]})
    if stored:
        write_table(genotypes, tmp_path / "g.parquet", GENOTYPES, {})
        write_table(fill, tmp_path / "f.parquet", FILL, {})
        genotypes, fill = read_table(tmp_path / "g.parquet"), read_table(tmp_path / "f.parquet")
    matrix, names = load_genotypes(genotypes, fill, ["d", "b"])
    assert names == ["s1", "s2"] and matrix.dtype == np.float32
    np.testing.assert_array_equal(matrix, [[0.75, 1], [1, 0.25]])
    with pytest.raises(InputError, match="1 of 2 people have no genotypes"):
        load_genotypes(genotypes, fill, ["d", "x"])
    with pytest.raises(InputError, match="1 of 2 variants have no fill value"):
        load_genotypes(genotypes, fill.iloc[:1], ["d"])
