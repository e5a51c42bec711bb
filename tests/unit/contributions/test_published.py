"""Overlap with the publication: by hand."""

from pathlib import Path

import pandas as pd
import pytest

from cgni.base.tables import write_table
from cgni.contributions.published import ALL, published_overlap, read_published
from cgni.contributions.schemas_claims import BLOCKS, DIRECTIONS, PUBLISHED

_ROOT = Path(__file__).resolve().parents[3]
_GENES = pd.DataFrame(
    {
        "symbol": ["BIN1", "STAU1", "MAPT"],
        "gene_id": ["g1", "g2", "g9"],
        "direction": ["decrease", "increase", "decrease"],
    }
)
_REGIONS = pd.DataFrame({"region": ["Insula_L", "Cuneus_R"], "direction": ["decrease", "increase"]})
_SNP_GENES = pd.DataFrame(
    {
        "variant_id": ["s1", "s2", "s3", "s4", "s5", "elsewhere"],
        "gene_id": ["g1", "g2", "g3", "g4", "g5", "g9"],
        "symbol": ["BIN1", None, "C", "D", "E", "MAPT"],
    }
)


def _contributions(called: tuple[str, ...]) -> pd.DataFrame:
    features = [("genetics", f"s{number}") for number in range(1, 6)]
    features += [("imaging", name) for name in ("Insula_L", "Cuneus_R", "Other")]
    table = pd.DataFrame(features, columns=["view", "feature"]).assign(fold=-1, component=1)
    return table.assign(called=table["feature"].isin(called))


def _directions(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["kind", "feature", "target", "direction"])
    return table.assign(people="out_of_fold").reindex(columns=DIRECTIONS.names)


def test_overlap_by_hand(tmp_path: Path) -> None:
    contributions = _contributions(("s1", "s2", "s3", "Insula_L"))
    blocks = pd.DataFrame({"called": [True, True, False], "called_snps": ["s1", "s2", "s3"]})
    directions = _directions(
        [
            ("gene_region", "BIN1", "called regions", "increase"),
            ("gene_region", "g2", "called regions", "increase"),
            ("alleles_region", "called SNPs", "Insula_L", "uncertain"),
        ]
    )
    table = published_overlap(contributions, blocks, directions, _SNP_GENES, (_GENES, _REGIONS))
    write_table(table, tmp_path / "published.parquet", PUBLISHED, {})
    genes = table[table["kind"] == "gene"].set_index("name")
    assert genes["tested"].to_dict() == {"BIN1": True, "STAU1": True, "MAPT": False, ALL: True}
    assert genes["called"].to_dict() == {"BIN1": True, "STAU1": True, "MAPT": False, ALL: True}
    assert genes.loc[["BIN1", "STAU1"], "agrees"].tolist() == [False, True]  # STAU1 has no symbol in the eQTL table
    # five genes tested, two of them published, two called (s3's block is no claim), both published: 1 of 10 draws
    counts = ["all_tested", "all_called", "published_tested", "published_called"]
    assert genes.loc[ALL, counts].tolist() == [5, 2, 2, 2] and genes.loc[ALL, "p"] == pytest.approx(0.1)
    regions = table[table["kind"] == "region"].set_index("name")
    assert regions.loc["Insula_L", "direction_found"] == "uncertain" and pd.isna(regions.loc["Insula_L", "agrees"])
    assert regions.loc[ALL, "p"] == pytest.approx(2 / 3)  # one of three called, two of three published


def test_nothing_called_has_no_overlap(tmp_path: Path) -> None:
    empty = BLOCKS.empty_table().to_pandas()
    table = published_overlap(_contributions(()), empty, _directions([]), _SNP_GENES, (_GENES, _REGIONS))
    write_table(table, tmp_path / "published.parquet", PUBLISHED, {})
    assert not table["called"].any() and table["agrees"].isna().all() and table["p"].isna().all()


def test_shipped_lists_are_the_publications() -> None:
    genes, regions = read_published(
        _ROOT / "resources" / "published_genes.tsv", _ROOT / "resources" / "published_regions.tsv"
    )
    # its table 4: 23 genes; its text: minor alleles go with less gray matter but for STAU1's
    assert len(genes) == genes["gene_id"].nunique() == 23
    assert genes.loc[genes["direction"] == "increase", "symbol"].tolist() == ["STAU1"]
    # left cerebellum (nine labels), insula, putamen, caudate; three regions with more gray matter
    assert regions["direction"].value_counts().to_dict() == {"decrease": 12, "increase": 3}
