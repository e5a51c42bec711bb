"""What the calibration measures of one cohort: each function gives plain numbers, judged by the cohort's truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.calibration_chain import Analysis, Chain, ChainSettings, analyse, linked_snps, measures
from benchmarks.calibration_cohorts import Cohort, draw_cohort, draw_people
from benchmarks.calibration_population import CohortKind
from cgni.base.seeds import derive_seed
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.cohort.confounds import confound_columns, residualise, site_levels
from cgni.contributions.blocks import block_table
from cgni.contributions.called import called_features, consensus
from cgni.contributions.calls import call_features
from cgni.contributions.components import component_tests
from cgni.contributions.directions import Called, estimate_directions
from cgni.contributions.estimates import OUT_OF_FOLD, Adjustment, out_of_fold_variates
from cgni.contributions.null_fits import null_components
from cgni.contributions.replicates import OcclusionStudy, null_replicates
from cgni.scca.correlations import cross_correlations, variate_correlations

LEVEL = 0.05
_TRUTH_PEOPLE = 10_000  # a true partial correlation is known to 0.01
_REGIONS_ESTIMATED = 8
# for speed: fewer penalties and permutations than the study's, and twice the batch with twice the step
_QUICK: Mapping[str, Mapping[str, Any]] = {
    "scca": {"penalties": [0.3, 0.6], "permutations": 1999},
    "contrastive": {"batch_size": 100, "learning_rate": 2e-3},
}


@dataclass(frozen=True)
class Trial:
    """A kind of cohort under settings of the chain.

    Attributes
    ----------
    changed : keys of the config that differ from the defaults, by section.
    cohorts : how many are drawn in a full run.
    """

    kind: CohortKind
    cohorts: int
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def settings(self) -> ChainSettings:
        """The chain's."""
        names = {*_QUICK, *self.changed}
        changed = {name: {**_QUICK.get(name, {}), **self.changed.get(name, {})} for name in names}
        return ChainSettings.of(**changed)

    def start(self, seed: int) -> tuple[Cohort, ChainSettings, int]:
        """A cohort, the settings and the chain's own seed."""
        return draw_cohort(self.kind, seed), self.settings(), derive_seed(seed, "chain")


def claims(trial: Trial, seed: int) -> dict[str, Any]:
    """Components, calls, blocks, credible sets and directions of a cohort."""
    cohort, settings, own = trial.start(seed)
    analysis = analyse(cohort, settings, own)
    found = {**_components(analysis.chain, analysis.tests), **_calls(analysis, cohort)}
    if analysis.calls is None or not len(cohort.truth.to_brain()):
        return found
    return {**found, **_located(analysis, cohort), **_directions(analysis, cohort, seed)}


def components(trial: Trial, seed: int) -> dict[str, Any]:
    """Components alone."""
    chain = Chain.fit(*trial.start(seed))
    return _components(chain, chain.tests())


def nothing(trial: Trial, seed: int) -> dict[str, Any]:
    """A null cohort: what is called, and shares of p at most .05 of estimates that look at every feature."""
    cohort, settings, own = trial.start(seed)
    analysis = analyse(cohort, settings, own)
    chain = analysis.chain
    found = {**_components(chain, analysis.tests), **_calls(analysis, cohort)}
    variates, numbers = chain.variates(), range(1, len(analysis.tests) + 1)
    called = Called(cohort.variants, cohort.region_names[:_REGIONS_ESTIMATED], list(numbers))
    components = settings.confounds.components
    known = measures(cohort, components)
    table = estimate_directions(variates, called, known)
    for (kind, people), rows in table[table["p"].notna()].groupby(["kind", "people"]):
        found[f"p_{kind}_{people}"] = float((rows["p"] <= LEVEL).mean())
    target = out_of_fold_variates(variates)[1][IMAGING]
    snps = linked_snps(chain).among(target.index)
    adjustment = Adjustment.of(cohort.participants, target.index, components)
    blocks = block_table(snps, target.to_numpy(), adjustment, set(), known.genes)
    return {**found, "p_block": float((blocks["p"] <= LEVEL).mean())}


def replicated(trial: Trial, seed: int) -> dict[str, Any]:
    """A null cohort among its own replicates: whole-pipeline p, and features with the gate taken as open."""
    chain = Chain.fit(*trial.start(seed))
    settings, tests = chain.settings.contributions, chain.tests()
    occlusion = OcclusionStudy(chain.regions(), chain.settings.occlusion)
    null = null_replicates(range(settings.null_encoders), chain.null_study(), occlusion)
    ranked = component_tests(chain.components, [null.correlations], settings)
    found = {**_components(chain, tests), "p_pipeline": ranked["p_pipeline"].tolist()}
    opened = tests.assign(gated=True)
    table = call_features(chain.occlusion(), [null.shares], opened, settings).contributions
    for view in VIEWS:
        p = consensus(table, view)["p"].dropna()
        found[f"p_feature_{view}"] = float((p <= LEVEL).mean())
    found["any_call_if_open"] = bool(sum(len(called_features(table, view)) for view in VIEWS))
    return found


def null_encoders(trial: Trial, seed: int) -> dict[str, Any]:
    """What a cohort's replicates find in people whom they have not seen: nothing, if the shuffle leaves nothing."""
    chain = Chain.fit(*trial.start(seed))
    rows = null_components(range(chain.settings.contributions.null_encoders), chain.null_study())
    first = rows[rows["component"] == 1].groupby("replicate")["r"].mean()
    return {**_components(chain, chain.tests()), "r_null": first.tolist()}


def _components(chain: Chain, tests: pd.DataFrame) -> dict[str, Any]:
    """Of every component: r in validation people (mean over folds), its partial r, and the holdout's test."""
    plain = np.full((len(chain.study.folds), len(tests)), np.nan)
    for number, fold in enumerate(chain.study.folds):
        rows = fold.people.part == "validation"
        first, second = (values[rows] for values in fold.variates().values())
        plain[number, fold.fit.numbers - 1] = variate_correlations(first, second)
    return {
        "r": np.nanmean(plain, axis=0).tolist(),
        "r_partial": tests["r_out_of_fold"].tolist(),
        "r_holdout": tests["r"].tolist(),
        "p": tests["p"].tolist(),
        "gated": int(tests["gated"].sum()),
        "converged": bool(tests["converged"].all()),
    }


def _calls(analysis: Analysis, cohort: Cohort) -> dict[str, Any]:
    """Numbers of called SNPs and regions, and of those that are false: SNPs of blocks without a causal one."""
    if analysis.calls is None:
        return dict.fromkeys(("snps", "regions", "false_snps", "false_regions"), 0)
    table = analysis.calls.contributions
    snps, regions = (list(called_features(table, view)["feature"].unique()) for view in (GENETICS, IMAGING))
    causal = cohort.truth.causal_blocks()
    block = dict(zip(cohort.variants, cohort.truth.block, strict=True))
    planted = set(np.array(cohort.region_names)[cohort.truth.planted])
    return {
        "snps": len(snps),
        "regions": len(regions),
        "false_snps": sum(block[snp] not in causal for snp in snps),
        "false_regions": sum(region not in planted for region in regions),
        "blocks_hit": len({block[snp] for snp in snps} & causal),
    }


def _located(analysis: Analysis, cohort: Cohort) -> dict[str, Any]:
    """Claimed blocks (a component each) that hold no causal SNP, and credible sets that hold one."""
    assert analysis.signals is not None
    blocks, credible = analysis.signals.blocks, analysis.signals.credible
    causal = set(cohort.truth.to_brain()["variant"])
    claimed = blocks.loc[blocks["called"], "members"].str.split(";")
    sets = credible[credible["set"] > 0].groupby(["component", "block", "set"])["variant_id"].agg(set)
    return {
        "claims": len(claimed),
        "false_claims": sum(causal.isdisjoint(members) for members in claimed),
        "sets": len(sets),
        "covering": sum(not causal.isdisjoint(own) for own in sets),
        "set_sizes": [len(own) for own in sets],
        "leads_causal": int(credible.loc[credible["lead"], "variant_id"].isin(causal).sum()),
    }


def _directions(analysis: Analysis, cohort: Cohort, seed: int) -> dict[str, Any]:
    """Signs and intervals of called alleles on WM and on called regions, and of regions on WM, against the truth."""
    assert analysis.directions is not None and analysis.calls is not None
    own = analysis.directions[analysis.directions["people"] == OUT_OF_FOLD]
    truth, found = _true_correlations(cohort, seed), {}
    for kind in ("allele_outcome", "region_outcome", "allele_region"):
        rows = own[(own["kind"] == kind) & own["estimate"].notna()]
        # what is 0 in truth has no sign
        known = np.array([truth.at[*pair] for pair in zip(rows["feature"], rows["target"], strict=True)])
        judged = (np.abs(known) > 3 / np.sqrt(_TRUTH_PEOPLE)) & _within_causal(rows["feature"], cohort)
        certain = judged & (rows["direction"] != "uncertain").to_numpy()
        right = np.sign(rows["estimate"].to_numpy()) == np.sign(known)
        inside = (rows["low"].to_numpy() <= known) & (known <= rows["high"].to_numpy())
        found[kind] = {
            "judged": int(judged.sum()),
            "right": int(right[judged].sum()),
            "certain": int(certain.sum()),
            "certain_right": int(right[certain].sum()),
            "intervals": len(rows),
            "covering": int(inside.sum()),
        }
    called = called_features(analysis.calls.contributions, GENETICS)
    called = called[_within_causal(called["feature"], cohort)]
    signs = np.sign(truth.loc[called["feature"], "outcome"].to_numpy())
    by_variate = called["direction"].map({"increase": 1.0, "decrease": -1.0}).fillna(0.0).to_numpy()
    return {**found, "variate_sign": {"judged": len(called), "right": int((signs == by_variate).sum())}}


def _within_causal(features: pd.Series, cohort: Cohort) -> np.ndarray:
    """Whether each feature is a region, or a SNP of a causal block."""
    block, causal = dict(zip(cohort.variants, cohort.truth.block, strict=True)), cohort.truth.causal_blocks()
    return np.array([feature not in block or block[feature] in causal for feature in features], bool)


def _true_correlations(cohort: Cohort, seed: int) -> pd.DataFrame:
    """Partial correlations [SNPs and regions, WM and regions] of very many people of the same population."""
    many = draw_people(cohort.kind, seed, _TRUTH_PEOPLE)
    ids = pd.Index(many.participants["participant_id"])
    confounds = confound_columns(many.participants, ids, site_levels(many.participants, ids)).to_numpy()
    features = residualise(np.column_stack([many.counts, many.regions]), confounds)
    score = many.participants["outcome"].to_numpy(float)
    targets = residualise(np.column_stack([score, many.regions]), confounds)
    names: Sequence[str] = [*cohort.variants, *cohort.region_names]
    return pd.DataFrame(cross_correlations(features, targets), names, ["outcome", *cohort.region_names])
