"""How far called genes and regions are those of the publication, and whether their directions agree."""

from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import hypergeom

from cgni.base.views import GENETICS, IMAGING
from cgni.contributions.called import called_features, consensus
from cgni.contributions.directions import DECREASE, INCREASE
from cgni.contributions.estimates import OUT_OF_FOLD
from cgni.contributions.schemas_claims import PUBLISHED

ALL = "ALL"  # name of a kind's row on the overlap


def read_published(genes: str | Path, regions: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The publication's genes (symbol, gene_id, direction) and regions (region, direction), from tab-separated files.

    The direction is that of gray matter: of a gene, with its minor alleles; of a region, where it changes.
    """
    return pd.read_csv(genes, sep="\t", dtype=str), pd.read_csv(regions, sep="\t", dtype=str)


def published_overlap(
    contributions: pd.DataFrame,
    blocks: pd.DataFrame,
    directions: pd.DataFrame,
    snp_genes: pd.DataFrame,
    published: tuple[pd.DataFrame, pd.DataFrame],
) -> pd.DataFrame:
    """Published genes and regions with what this study says of them (`schemas_claims.PUBLISHED`).

    A gene is called when one of its called SNPs lies in a called block, a region when it is called
    in a component. Its direction is that of gray matter with the minor alleles, out of fold. The
    hypergeometric p takes the tested genes (regions) as equally likely to be called, which linkage
    and SNPs per gene make them not quite.

    Parameters
    ----------
    contributions, blocks, directions
        `schemas.CONTRIBUTIONS`, `schemas_claims.BLOCKS`, `schemas_claims.DIRECTIONS`.
    snp_genes
        `genetics.schemas.SNP_GENES`.
    published
        Genes (symbol, gene_id, direction) and regions (region, direction) of the publication.
    """
    genes, regions = published
    tested = set(consensus(contributions, GENETICS)["feature"])
    known = snp_genes[snp_genes["variant_id"].isin(tested)]
    claimed = {snp for text in blocks.loc[blocks["called"], "called_snps"] for snp in text.split(";")}
    names = dict(zip(known["gene_id"], known["symbol"].fillna(known["gene_id"]), strict=True))
    by_name = _directions(directions, "gene_region", "feature")
    gene_rows = _rows(
        "gene",
        genes.rename(columns={"symbol": "name", "gene_id": "key"}),
        known["gene_id"],
        known.loc[known["variant_id"].isin(claimed), "gene_id"],
        {gene: by_name[name] for gene, name in names.items() if name in by_name},
    )
    region_rows = _rows(
        "region",
        regions.rename(columns={"region": "name"}).assign(key=regions["region"]),
        consensus(contributions, IMAGING)["feature"],
        called_features(contributions, IMAGING)["feature"],
        _directions(directions, "alleles_region", "target"),
    )
    table = pd.DataFrame([*gene_rows, *region_rows], columns=PUBLISHED.names)
    counts = ["all_tested", "all_called", "published_tested", "published_called"]
    return table.astype({**dict.fromkeys(counts, "Int64"), "agrees": "boolean", "p": "float64"})


def _rows(
    kind: str, published: pd.DataFrame, tested: pd.Series, called: pd.Series, found: dict[str, str]
) -> list[dict[str, Any]]:
    """A row for each published name (compared by `key`), then that of the overlap; `found`: key to direction."""
    rows, own, hits = [], set(tested), set(called)
    for name, key, direction in zip(published["name"], published["key"], published["direction"], strict=True):
        row: dict[str, Any] = {"kind": kind, "name": name, "tested": key in own, "called": key in hits}
        known = found.get(key) if key in hits else None
        agrees = known == direction if known in (INCREASE, DECREASE) else None
        rows.append({**row, "direction_found": known, "direction_published": direction, "agrees": agrees})
    keys = set(published["key"])
    counts = len(own), len(hits), len(keys & own), len(keys & hits)
    overlap = {"kind": kind, "name": ALL, "tested": counts[2] > 0, "called": counts[3] > 0}
    names = ("all_tested", "all_called", "published_tested", "published_called")
    p = float(hypergeom.sf(counts[3] - 1, counts[0], counts[2], counts[1])) if counts[2] and counts[1] else None
    return [*rows, {**overlap, **dict(zip(names, counts, strict=True)), "p": p}]


def _directions(directions: pd.DataFrame, kind: str, name: str) -> dict[str, str]:
    own = directions[(directions["kind"] == kind) & (directions["people"] == OUT_OF_FOLD)]
    return dict(zip(own[name].astype(str), own["direction"].astype(str), strict=True))
