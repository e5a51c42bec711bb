"""A bundle's SNPs gathered from chromosomes: gaps for those not there, and refusals."""

import numpy as np
import pandas as pd
import pytest

from cgni.application.drift import _genotype_rows
from cgni.application.genotypes import check_build, gather_variants, refuse_few
from cgni.base.errors import InputError
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.qc import MISMATCH, NOT_FOUND

_VARIANTS = pd.DataFrame({"variant_id": ["a", "b", "c"], "frequency": [0.5, 0.25, 0.1]})
_FATE = {"swapped": False, "other_strand": False}


def _gathered(dtype: type) -> tuple[pd.DataFrame, AlleleCounts]:
    ids = pd.Index(["1", "2"])
    fates = [
        pd.DataFrame([{"variant_id": "c", "found": True, "reason": None, **_FATE}]),
        pd.DataFrame([{"variant_id": "b", "found": False, "reason": MISMATCH, **_FATE}]),
    ]
    counts = [
        AlleleCounts(ids, pd.Index(["c"]), np.array([[2], [1]], dtype)),
        AlleleCounts(ids, pd.Index([], dtype=str), np.empty((2, 0), np.int8)),
    ]
    return gather_variants(_VARIANTS, fates, counts)


@pytest.mark.parametrize("dtype", [np.int8, np.float32])
def test_snps_keep_the_order_of_the_bundle(dtype: type) -> None:
    fate, counts = _gathered(dtype)
    assert list(counts.variants) == ["a", "b", "c"]
    assert counts.missing.tolist() == [[True, True, False]] * 2
    assert counts.values[:, 2].tolist() == [2, 1]
    assert fate["reason"].tolist()[:2] == [NOT_FOUND, MISMATCH] and pd.isna(fate["reason"].iloc[2])
    assert fate["frequency"].iloc[2] == 0.75  # (2 + 1) / 2 people / 2 copies
    assert fate["frequency_bundle"].tolist() == [0.5, 0.25, 0.1]


def test_too_few_snps_are_refused_with_what_was_found() -> None:
    fate, _ = _gathered(np.int8)
    refuse_few(fate, 1 / 3)
    with pytest.raises(InputError, match=r"1 of 3 SNPs of the bundle .* 2 positions have a"):
        refuse_few(fate, 0.5)


def test_another_build_is_refused() -> None:
    check_build("GRCh37", "GRCh37")
    with pytest.raises(InputError, match="GRCh38, but the SNPs of the bundle are GRCh37"):
        check_build("GRCh38", "GRCh37")


@pytest.mark.parametrize(("people", "far"), [(49, 1), (5000, 2)])
def test_frequencies_have_drifted_where_they_differ_by_more_than_chance(people: int, far: int) -> None:
    """4 sqrt(p (1 - p) / 2n) of 49 people is .2 at .39 and at .45: differences of .11, .01 and .25."""
    table = pd.DataFrame({"reason": None, "frequency": [0.5, 0.3, 0.2], "frequency_bundle": [0.39, 0.29, 0.45]})
    rows = _genotype_rows(table.assign(swapped=False, other_strand=False), people)
    (row,) = (row for row in rows if row[1].startswith("largest"))
    assert row[3] == 0.25 and row[4] and row[5].startswith(f"{far} of 3 SNPs")
