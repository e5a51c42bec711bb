"""What a study claims, in a form that any cohort can estimate: how features go with targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from cgni.application.schemas import CLAIMS
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.classification.scores import CONTINUOUS, GROUPS
from cgni.contributions.called import called_features
from cgni.contributions.components import gated_components
from cgni.enrichment.schemas import ALL_COMPONENTS

# in the order of tables; the last is not estimated but scored (`score_claims`)
KINDS = (
    "component",
    "variate_outcome",
    "block",
    "region",
    "term",
    "allele_outcome",
    "region_outcome",
    "gene_regions",
    "score",
)
OUTCOME = "outcome"
VARIATE = {view: f"{view} variate" for view in VIEWS}
LEVEL = 0.05  # family-wise, of enriched terms
# what a score is where nothing is predicted; of errors that is not known
_CHANCE = {name: kind.chance for kind in (GROUPS, CONTINUOUS) for name in kind.scores if name != "mae"}
FEWEST = 20  # people of a number that leaves a study
CLAIM = ["kind", "component", "name", "target", "features", "signs", "targets", "nothing"]


@dataclass(frozen=True, eq=False)
class StudyCalls:
    """What a study calls.

    Attributes
    ----------
    contributions, components, blocks : `contributions.schemas` CONTRIBUTIONS, COMPONENT_TESTS, `schemas_claims.BLOCKS`.
    terms : `enrichment.schemas.TERMS`.
    snp_genes : `genetics.schemas.SNP_GENES`.
    """

    contributions: pd.DataFrame
    components: pd.DataFrame
    blocks: pd.DataFrame
    terms: pd.DataFrame
    snp_genes: pd.DataFrame

    def regions(self) -> pd.DataFrame:
        """Component and feature of the called regions."""
        return called_features(self.contributions, IMAGING)[["component", "feature"]]

    def snps(self) -> pd.DataFrame:
        """Component, feature and gene of the called SNPs; of several genes a row each."""
        genes = self.snp_genes.assign(gene=self.snp_genes["symbol"].fillna(self.snp_genes["gene_id"]))
        own = called_features(self.contributions, GENETICS)[["component", "feature"]]
        return own.merge(genes[["variant_id", "gene"]], left_on="feature", right_on="variant_id")

    def leads(self) -> pd.DataFrame:
        """The called blocks."""
        return self.blocks[self.blocks["called"]]


def list_claims(calls: StudyCalls) -> pd.DataFrame:
    """Every claim (`schemas.CLAIMS` up to `nothing`); signs are 1, none where no component is significant.

    Returns
    -------
    Of a component: its genetic on its imaging variate, and the outcome on each. Of a called block: its lead on the
    imaging variate; of a called region: it on the genetic variate; both on the outcome. Of a gene of called SNPs: its
    SNPs on all called regions. Of an enriched term: the called SNPs of its genes on the imaging variate.
    """
    gated = gated_components(calls.components)
    rows = [*_component_claims(gated), *_block_claims(calls), *_region_claims(calls)]
    rows += [*_term_claims(calls), *_gene_claims(calls)]
    table = pd.DataFrame(rows, columns=CLAIM)
    table["component"] = table["component"].astype("Int8")
    order = table["kind"].map(KINDS.index)
    kept = table.assign(order=order).sort_values(["order", "component", "name", "target"], kind="stable")
    return kept[CLAIM].reset_index(drop=True)


def score_claims(performance: pd.DataFrame, proposed: str, people: int) -> pd.DataFrame:
    """Scores of the proposed model in holdout people, all folds together (`schemas.CLAIMS`), each against chance.

    Those of fewer than 20 people are unknown.

    Parameters
    ----------
    performance
        `classification.schemas.PERFORMANCE`.
    proposed
        Name of the model.
    people
        Whom the scores are of.
    """
    own = performance[(performance["model"] == proposed) & (performance["split"] == "holdout")]
    own = own[(own["fold"] == -1) & own["metric"].isin(list(_CHANCE))]
    rows = [_row("score", None, name, OUTCOME, [], [], nothing=_CHANCE[name]) for name in own["metric"]]
    table = pd.DataFrame(rows, columns=CLAIM).assign(n=people, estimate=own["value"].to_numpy())
    table = table.assign(**{name: own[name].to_numpy(float) for name in ("se", "low", "high")})
    if people < FEWEST:
        table[["estimate", "se", "low", "high"]] = np.nan
    table["component"] = table["component"].astype("Int8")
    return with_p(table)[CLAIMS.names]


def with_p(scores: pd.DataFrame) -> pd.DataFrame:
    """Scores with the two-sided p of their distance from chance, by their standard errors."""
    distance, se = scores["estimate"] - scores["nothing"], scores["se"]
    return scores.assign(p=2 * norm.sf(np.abs(distance / se.where(se > 0))))


def _row(
    kind: str,
    component: int | None,
    name: str,
    target: str,
    features: Sequence[str],
    targets: Sequence[str],
    nothing: float = 0.0,
) -> tuple[object, ...]:
    return kind, component, name, target, list(features), [1] * len(features), list(targets), nothing


def _component_claims(gated: Sequence[int]) -> Iterable[tuple[object, ...]]:
    genetics, imaging = VARIATE[GENETICS], VARIATE[IMAGING]
    for number in gated:
        yield _row("component", number, genetics, imaging, [genetics], [imaging])
        for variate in VARIATE.values():
            yield _row("variate_outcome", number, variate, OUTCOME, [variate], [OUTCOME])


def _block_claims(calls: StudyCalls) -> Iterable[tuple[object, ...]]:
    leads, imaging = calls.leads(), VARIATE[IMAGING]
    for row in leads.itertuples():
        yield _row("block", row.component, f"{row.lead} ({row.genes})", imaging, [row.lead], [imaging])
    for row in leads.drop_duplicates("lead").itertuples():
        yield _row("allele_outcome", None, f"{row.lead} ({row.genes})", OUTCOME, [row.lead], [OUTCOME])


def _region_claims(calls: StudyCalls) -> Iterable[tuple[object, ...]]:
    regions = calls.regions()
    for row in regions.itertuples():
        yield _row("region", row.component, row.feature, VARIATE[GENETICS], [row.feature], [VARIATE[GENETICS]])
    for name in regions["feature"].unique():
        yield _row("region_outcome", None, name, OUTCOME, [name], [OUTCOME])


def _term_claims(calls: StudyCalls) -> Iterable[tuple[object, ...]]:
    terms, snps, imaging = calls.terms, calls.snps(), VARIATE[IMAGING]
    family = terms["p_family"].fillna(terms["p_bonferroni"])
    for row in terms[terms["primary"] & (terms["component"] != ALL_COMPONENTS) & (family <= LEVEL)].itertuples():
        own = snps[(snps["component"] == row.component) & snps["gene"].isin(row.genes.split(";"))]
        features = sorted(own["feature"].unique())
        if features:
            yield _row("term", row.component, f"{row.term_id} {row.term}", imaging, features, [imaging])


def _gene_claims(calls: StudyCalls) -> Iterable[tuple[object, ...]]:
    regions = sorted(calls.regions()["feature"].unique())
    for gene, own in calls.snps().groupby("gene") if regions else ():
        features = sorted(own["feature"].unique())
        yield _row("gene_regions", None, str(gene), "called regions", features, regions)
