"""SNP claims by block: blocks and Simes by hand, claims on a made-up cohort with linkage, nothing where nothing is."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import write_table
from cgni.contributions.blocks import Gated, LinkedSnps, LocatedSignals, locate_signals, simes
from cgni.contributions.schemas_claims import BLOCKS, CREDIBLE
from cgni.contributions.settings import BlockSettings

_SETTINGS = BlockSettings()
_PEOPLE = 1500


def _linked(rng: np.random.Generator, first: np.ndarray, copied: float) -> np.ndarray:
    """Counts of a SNP whose people have the first one's count with the probability `copied`."""
    return np.where(rng.random(len(first)) < copied, first, rng.binomial(2, 0.4, len(first)))


@pytest.fixture(scope="module")
def genotypes() -> pd.DataFrame:
    """Chromosome 1: a0-a3 linked, far from it b0-b2; chromosome 2: c0 linked weakly to a0 by chance of sampling."""
    rng = np.random.default_rng(1)
    columns = {}
    for block in "ab":
        columns[f"{block}0"] = rng.binomial(2, 0.4, _PEOPLE)
        for number in range(1, 4 if block == "a" else 3):
            columns[f"{block}{number}"] = _linked(rng, columns[f"{block}{number - 1}"], 0.8)
    columns["c0"] = _linked(rng, columns["a0"], 0.35)  # r about .35, in another block
    columns["d0"] = rng.binomial(2, 0.3, _PEOPLE)
    table = pd.DataFrame(columns, dtype="Int8")
    table.iloc[5, 0] = pd.NA
    table.insert(0, "participant_id", [f"p{number:04d}" for number in range(_PEOPLE)])
    return table


_PLACES = {"a0": 100, "a1": 200, "a2": 300, "a3": 400, "b0": 9_000_000, "b1": 9_000_100, "b2": 9_000_200}
_VARIANTS = pd.DataFrame(
    {
        "variant_id": ["d0", *_PLACES, "c0", "removed"],
        "chrom": ["2", *["1"] * 7, "2", "3"],
        "pos": [5_000_000, *_PLACES.values(), 100, 1],
    }
)
_GENES = pd.DataFrame({"variant_id": ["a0", "a1", "a1", "b0", "c0"], "gene_id": ["g1", "g1", "g2", "g3", "g4"]})
_GENES["symbol"] = ["A", "A", None, "B", "C"]


@pytest.fixture(scope="module")
def participants(genotypes: pd.DataFrame) -> pd.DataFrame:
    """Twins by two; age is a confound of the variate."""
    rng = np.random.default_rng(2)
    facts = {"age": rng.uniform(45, 80, _PEOPLE), "sex": rng.integers(0, 2, _PEOPLE), "head_size": 1.3, "site": "a"}
    families = [f"F{number // 2}" for number in range(_PEOPLE)]
    return pd.DataFrame({"participant_id": genotypes["participant_id"], **facts, "family": families})


def _variates(genotypes: pd.DataFrame, effects: Mapping[str, float], ages: pd.Series) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    counts = genotypes[list(effects)].astype(float).fillna(0.8)
    y = counts.to_numpy() @ np.array(list(effects.values())) + 0.05 * ages.to_numpy() + rng.standard_normal(_PEOPLE)
    return pd.DataFrame({"imaging": y, "genetics": 0.0}, index=pd.Index(genotypes["participant_id"]))


def _calls(*snps: str) -> pd.DataFrame:
    return pd.DataFrame({"view": "genetics", "fold": -1, "component": 1, "feature": list(snps), "called": True})


def _locate(
    genotypes: pd.DataFrame, participants: pd.DataFrame, effects: Mapping[str, float], called: tuple[str, ...]
) -> LocatedSignals:
    snps = LinkedSnps.of(genotypes, _VARIANTS, pd.Index(genotypes["participant_id"]), _SETTINGS)
    variates = {1: _variates(genotypes, effects, participants["age"]), 2: _variates(genotypes, {}, participants["age"])}
    return locate_signals(variates, _calls(*called), snps, _GENES, participants, Gated([1], 0.05, 10), _SETTINGS)


def test_blocks_are_chains_of_linked_neighbours(genotypes: pd.DataFrame) -> None:
    snps = LinkedSnps.of(genotypes, _VARIANTS, pd.Index(genotypes["participant_id"][:1000]), _SETTINGS)
    assert snps.places["block"].to_dict() == {
        **dict.fromkeys(("a0", "a1", "a2", "a3"), "1_1"),
        **dict.fromkeys(("b0", "b1", "b2"), "1_2"),
        "c0": "2_1",
        "d0": "2_2",
    }
    counts = snps.counts
    assert counts.shape == (1000, 9) and not counts.isna().any(axis=None)
    # r² of neighbours is .8 ** 2; a0 and a3, with .8 ** 6 = .26, share a block at .5 by the chain alone
    assert np.corrcoef(counts["a0"], counts["a3"])[0, 1] ** 2 < 0.35
    chained = LinkedSnps.of(genotypes, _VARIANTS, snps.counts.index, BlockSettings(r2=0.5))
    assert chained.places.loc[["a0", "a1", "a2", "a3"], "block"].nunique() == 1
    near = LinkedSnps.of(genotypes, _VARIANTS, snps.counts.index, BlockSettings(window_kb=0.05))
    assert near.places["block"].nunique() == 9


def test_simes_by_hand() -> None:
    assert simes(np.array([0.04, 0.01, 0.5])) == pytest.approx(0.03)  # 3 x .01 < 3/2 x .04 < .5
    assert simes(np.array([0.02, 0.02, 0.02, np.nan])) == pytest.approx(0.02)
    assert simes(np.array([0.0])) > 0
    assert simes(np.array([np.nan])) == 1


def test_linked_calls_are_one_claim(genotypes: pd.DataFrame, participants: pd.DataFrame, tmp_path: Path) -> None:
    found = _locate(genotypes, participants, {"a1": 0.6, "b1": 0.3}, ("a0", "a1", "b0", "c0", "d0"))
    for table, schema in ((found.blocks, BLOCKS), (found.credible, CREDIBLE)):
        write_table(table, tmp_path / "table.parquet", schema, {})
    blocks = found.blocks.set_index("block")
    assert blocks["called"].to_dict() == {"1_1": True, "1_2": True, "2_1": False, "2_2": False}
    assert blocks["lead"].to_dict() == {"1_1": "a1", "1_2": "b1", "2_1": "c0", "2_2": "d0"}
    assert blocks.loc["1_1", ["genes", "shared", "snps", "called_snps"]].tolist() == ["A;g2", True, 4, "a0;a1"]
    assert blocks.loc["1_2", ["genes", "shared", "start", "end"]].tolist() == ["B", False, 9_000_000, 9_000_200]
    # c0 goes with the variate because it is linked to a1, and no longer beside it
    assert blocks.loc["2_1", "q"] < 0.05 < blocks.loc["2_1", "p_conditional"]
    assert np.isnan(blocks.loc["2_2", "p_conditional"])
    credible = found.credible.set_index("variant_id")
    assert credible.index.tolist() == ["a0", "a1", "a2", "a3", "b0", "b1", "b2"]
    assert credible.loc[["a1", "b1"], "lead"].all() and credible.loc[["a1", "b1"], "pip"].min() > 0.8


def test_an_association_without_a_call_is_no_claim(genotypes: pd.DataFrame, participants: pd.DataFrame) -> None:
    found = _locate(genotypes, participants, {"a1": 0.6}, ("d0",))
    assert found.blocks.set_index("block").loc["1_1", "q"] < 1e-6
    assert not found.blocks["called"].any() and found.credible.empty


def test_nothing_gated_leaves_empty_tables(genotypes: pd.DataFrame, participants: pd.DataFrame, tmp_path: Path) -> None:
    snps = LinkedSnps.of(genotypes, _VARIANTS, pd.Index(genotypes["participant_id"]), _SETTINGS)
    for components in ((), (3,)):  # none, or one that no fold has in its unseen people
        found = locate_signals({}, _calls("a0"), snps, _GENES, participants, Gated(components, 0.05, 10), _SETTINGS)
        for table, schema in ((found.blocks, BLOCKS), (found.credible, CREDIBLE)):
            assert table.empty
            write_table(table, tmp_path / "table.parquet", schema, {})


def test_unlinked_blocks_are_not_disturbed_by_a_strong_one(genotypes: pd.DataFrame, participants: pd.DataFrame) -> None:
    """200 unlinked SNPs beside one that explains a third of the variate: their p are uniform, none is claimed."""
    rng = np.random.default_rng(5)
    others = pd.DataFrame(rng.binomial(2, 0.3, (_PEOPLE, 200)), columns=[f"n{number}" for number in range(200)])
    wide = pd.concat([genotypes[["participant_id", "a1"]], others], axis=1)
    places = pd.DataFrame({"variant_id": wide.columns[1:], "chrom": "1", "pos": 2_000_000 * np.arange(1, 202)})
    snps = LinkedSnps.of(wide, places, pd.Index(wide["participant_id"]), _SETTINGS)
    variates = {1: _variates(genotypes, {"a1": 1.0}, participants["age"])}
    calls = _calls("a1", *others.columns)
    found = locate_signals(variates, calls, snps, _GENES, participants, Gated([1], 0.05, 10), _SETTINGS).blocks
    null = found[found["lead"] != "a1"]
    assert 0.01 < (null["p"] < 0.05).mean() < 0.10  # .05 with a binomial SD of .015
    assert found.loc[found["called"], "lead"].tolist() == ["a1"]
