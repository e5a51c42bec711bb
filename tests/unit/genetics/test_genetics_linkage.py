"""Linked pairs against numpy's correlations, blocks against networkx, clumping and caps worked out by hand."""

import dataclasses
from pathlib import Path

import networkx
import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import write_table
from cgni.genetics import qc as quality
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.ld import apply_linkage, block_numbers, clumped, linked_pairs, over_cap
from cgni.genetics.merge import linkage_notes, quality_attrition
from cgni.genetics.schemas import LD_BLOCKS
from cgni.genetics.settings import LinkageSettings

LD = LinkageSettings(window_kb=250, block_r2=0.5, clump_r2=None, per_gene=None)


def _counts(seed: int, people: int = 400, variants: int = 300) -> AlleleCounts:
    """Blocks of correlated variants with a few missing calls."""
    rng = np.random.default_rng(seed)
    values = np.empty((people, variants), dtype=np.int8)
    for start in range(0, variants, 6):
        base = rng.binomial(2, rng.uniform(0.2, 0.5), people)
        for column in range(start, min(start + 6, variants)):
            other = rng.binomial(2, 0.3, people)
            values[:, column] = np.where(rng.random(people) < rng.uniform(0.3, 1), base, other)
    values[rng.random(values.shape) < 0.01] = -1
    names = [f"2:{pos}:A:G" for pos in range(variants)]
    return AlleleCounts(pd.Index([str(n) for n in range(people)]), pd.Index(names), values)


def _squared(counts: AlleleCounts) -> np.ndarray:
    values = np.where(counts.values < 0, np.nan, counts.values.astype(float))
    return np.corrcoef(np.where(np.isnan(values), np.nanmean(values, axis=0), values).T) ** 2


@pytest.mark.parametrize("window", [10, 1000, 10**6])
def test_pairs_are_those_of_numpy(window: int) -> None:
    counts, positions = _counts(1), np.sort(np.random.default_rng(2).integers(0, 5000, 300))
    pairs = linked_pairs(counts, positions, window, 0.3)
    first, second = np.nonzero(np.triu(_squared(counts) >= 0.3, 1))
    near = positions[second] - positions[first] <= window
    expected = set(zip(first[near], second[near], strict=True))
    assert set(zip(pairs["first"].astype(int), pairs["second"].astype(int), strict=True)) == expected
    if window > 5000:
        assert len(expected) > 100
        np.testing.assert_allclose(pairs["r2"], _squared(counts)[pairs["first"], pairs["second"]], atol=1e-5)


def test_constant_variants_are_linked_with_nothing() -> None:
    counts = _counts(1, variants=3)
    counts.values[:, 0] = 1
    assert not linked_pairs(counts, np.arange(3), 10, 0.01)["first"].eq(0).any()


def test_many_people_are_thinned_evenly() -> None:
    """Of 4,001 people the 2,000 evenly spaced rows count: those between them, made of noise, do not."""
    rng = np.random.default_rng(1)
    spaced = np.linspace(0, 4000, 2000).astype(int)
    values = rng.integers(0, 3, (4001, 2)).astype(np.int8)
    values[spaced, 1] = values[spaced, 0]
    counts = AlleleCounts(pd.RangeIndex(4001).astype(str), pd.Index(["a", "b"]), values)
    np.testing.assert_allclose(linked_pairs(counts, np.arange(2), 10, 0.9)["r2"], [1], atol=1e-5)
    nothing = AlleleCounts(counts.ids, counts.variants[:0], values[:, :0])
    assert linked_pairs(nothing, np.arange(0), 10, 0.9).empty


def test_blocks_are_connected_components() -> None:
    counts = _counts(3)
    pairs = linked_pairs(counts, np.arange(300), 1000, 0.3)
    graph = networkx.Graph(zip(pairs["first"].astype(int), pairs["second"].astype(int), strict=True))
    graph.add_nodes_from(range(300))
    numbers = block_numbers(pairs, 300)
    found = {frozenset(np.flatnonzero(numbers == number)) for number in set(numbers)}
    assert found == set(map(frozenset, networkx.connected_components(graph)))
    assert numbers[0] == 0


def test_clumping_keeps_the_smallest_p() -> None:
    # 0-1-2 is a chain: 1 has the smallest p and takes both; 3 loses to 4; 5 is alone and has no p
    pairs = pd.DataFrame({"first": [0, 1, 3], "second": [1, 2, 4], "r2": 0.9})
    assert clumped(pairs, np.array([0.2, 0.1, 0.3, 0.5, 0.4, np.nan])).tolist() == [
        True,
        False,
        True,
        True,
        False,
        False,
    ]
    # the ends of a chain: both stay, the middle goes
    assert clumped(pairs, np.array([0.1, 0.3, 0.2, 0.5, 0.5, 1])).tolist() == [False, True, False, False, True, False]


def test_cap_per_gene() -> None:
    genes = pd.DataFrame(
        [("a", "g1", 0.1), ("b", "g1", 0.2), ("c", "g1", 0.3), ("c", "g2", 0.3)],
        columns=["variant_id", "gene_id", "eqtl_p"],
    )
    assert over_cap(genes, 1) == {"b"}  # c is the best of its second gene
    assert over_cap(genes, 3) == set()


def _study(counts: AlleleCounts) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = list(counts.variants)
    qc = pd.DataFrame({"variant_id": names, "candidate_id": names, "chrom": "2", "reason": None, "passed": True})
    qc = qc.assign(pos=range(len(names)), info=0.9, info_source="mfi", reference_people=9, hwe_people=9)
    qc = qc.assign(found=True, pass_hwe=True, swapped=False, other_strand=False)
    qc = qc.assign(ref="A", alt="G")
    gone = qc.iloc[[0]].assign(variant_id="2:999:A:G", candidate_id="2:999:A:G", reason=quality.RARE, passed=False)
    p = np.random.default_rng(5).random(len(names))
    genes = pd.DataFrame({"variant_id": names, "gene_id": [f"g{n // 20}" for n in range(len(names))], "eqtl_p": p})
    return pd.concat([qc, gone], ignore_index=True).astype({"reason": "string"}), genes


def test_by_default_blocks_are_reported_and_nothing_goes(tmp_path: Path) -> None:
    counts = _counts(4)
    qc, candidates = _study(counts)
    table, blocks = apply_linkage(qc, counts, candidates, LD)
    assert table["passed"].sum() == 300 and table["ld_block"].isna().sum() == 1
    assert blocks["variants"].sum() == 300 and (blocks["variants"] > 2).any() and (blocks["genes"] >= 1).all()
    for block in blocks.itertuples():
        inside = table[table["ld_block"] == block.ld_block]
        assert (inside["pos"].min(), inside["pos"].max(), len(inside)) == (block.start, block.end, block.variants)
    write_table(blocks, tmp_path / "blocks.parquet", LD_BLOCKS, {})


def test_clumping_and_caps_are_counted() -> None:
    counts = _counts(4)
    qc, candidates = _study(counts)
    asked = dataclasses.replace(LD, clump_r2=0.3, per_gene=2)
    table, blocks = apply_linkage(qc, counts, candidates, asked)
    kept = table[table["passed"]]
    r2 = _squared(counts)
    rows = counts.variants.get_indexer(kept["variant_id"])
    assert np.triu(r2[np.ix_(rows, rows)], 1).max() < 0.3
    genes = candidates.set_index("variant_id").loc[kept["variant_id"], "gene_id"]
    assert genes.value_counts().max() <= 2 and len(blocks) == len(kept)
    frame = quality_attrition(table, ["2"], linkage_notes(asked)).frame().set_index("step")
    assert frame["removed"][quality.CLUMPED] > 0 and frame["removed"][quality.CAPPED] > 0
    assert frame["left"].iloc[-1] == len(kept) and "0.3" in frame["note"][quality.CLUMPED]
    assert frame["note"][quality.CLUMPED] == "r2 >= 0.3 within 250 kb, smallest eQTL p stays"
    assert linkage_notes(LD) == {quality.CLUMPED: "off", quality.CAPPED: "off"}
