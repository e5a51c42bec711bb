"""Claims and their estimates in another cohort: against plain regressions and a published meta-analysis."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from cgni.application.claim_estimates import ClaimPeople, estimate_claims, signed_claims
from cgni.application.claims import CLAIM, StudyCalls, list_claims, score_claims
from cgni.application.replication import random_effects, replication_summary, replication_table
from cgni.application.schemas import CLAIMS, REPLICATION
from cgni.base.views import GENETICS, IMAGING

_IMAGING, _GENETICS = "imaging variate", "genetics variate"


def _claims(*rows: tuple[str, int | None, Sequence[str], Sequence[int], Sequence[str]]) -> pd.DataFrame:
    named = [(kind, component, "+".join(own), to[0], own, signs, to, 0.0) for kind, component, own, signs, to in rows]
    table = pd.DataFrame(named, columns=CLAIM)
    return table.assign(component=table["component"].astype("Int8"))


def _cohort(count: int = 400, effect: float = 0.5, seed: int = 3) -> ClaimPeople:
    """SNP a raises and SNP b lowers the imaging variate, and with it region left; the outcome is known of half."""
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"p{number:04d}" for number in range(count)])
    counts = pd.DataFrame(rng.binomial(2, 0.4, (count, 2)).astype(float), index=ids, columns=["a", "b"])
    score = effect * (counts["a"] - counts["b"])
    variates = pd.DataFrame({IMAGING: score + rng.standard_normal(count), GENETICS: score}, index=ids)
    regions = pd.DataFrame({"left": 0.5 + 0.1 * score + 0.1 * rng.standard_normal(count), "right": 0.5}, index=ids)
    participants = pd.DataFrame(
        {
            "participant_id": ids,
            "age": rng.uniform(45, 80, count),
            "sex": rng.integers(0, 2, count),
            "head_size": rng.normal(1.3, 0.1, count),
            "pc1": rng.standard_normal(count),
            "site": rng.choice(["a", "b"], count),
            "family": ids,
            "outcome": pd.array(np.where(np.arange(count) % 2, 1.0, np.nan), "Float64") * rng.standard_normal(count),
        }
    )
    return ClaimPeople(participants, {1: variates}, counts, regions, 0)


def _partial_r(x: pd.Series, y: pd.Series, participants: pd.DataFrame) -> float:
    """Correlation of what age, sex, head size, site and their mixtures leave of both, by least squares."""
    own = participants.set_index("participant_id").loc[x.index]
    centred_age, sex = own["age"] - own["age"].mean(), own["sex"] - own["sex"].mean()
    columns = [np.ones(len(x)), own["age"], own["sex"], own["head_size"], own["pc1"], own["site"] == "a"]
    design = np.column_stack([*columns, centred_age**2, centred_age * sex]).astype(float)
    left = [values - design @ np.linalg.lstsq(design, values, rcond=None)[0] for values in (x, y)]
    return float(np.corrcoef(*left)[0, 1])


def test_estimates_are_partial_correlations_in_those_who_have_both() -> None:
    people = _cohort()
    claims = _claims(
        ("block", 1, ["a"], [1], [_IMAGING]),
        ("component", 1, [_GENETICS], [1], [_IMAGING]),
        ("region", 1, ["left"], [1], [_GENETICS]),
        ("region_outcome", None, ["left"], [1], ["outcome"]),
        ("term", 1, ["a", "b"], [1, -1], [_IMAGING]),
    )
    found = estimate_claims(claims, people)
    assert list(found.columns) == CLAIMS.names and found["n"].tolist() == [400, 400, 400, 200, 400]
    own = people.variates[1]
    known = people.participants.set_index("participant_id")["outcome"].dropna().astype(float)
    expected = [
        _partial_r(people.counts["a"], own[IMAGING], people.participants),
        _partial_r(own[GENETICS], own[IMAGING], people.participants),
        _partial_r(people.regions["left"], own[GENETICS], people.participants),
        _partial_r(people.regions.loc[known.index, "left"], known, people.participants),
    ]
    # of those with an outcome the design has other means, but the same columns up to a shift: the same residuals
    assert found["estimate"].iloc[:4].tolist() == pytest.approx(expected, abs=0.02)
    turned = _partial_r(people.counts["b"], own[IMAGING], people.participants)
    assert found["estimate"].iloc[4] == pytest.approx((expected[0] - turned) / 2, abs=0.02)
    assert (found["low"] < found["estimate"]).all() and found["p"].iloc[0] < 1e-6


def test_what_is_not_there_or_too_few_people_is_unknown() -> None:
    absent = _claims(("block", 1, ["c"], [1], [_IMAGING]), ("component", 2, [_GENETICS], [1], [_IMAGING]))
    found = estimate_claims(absent, _cohort())
    assert found["n"].tolist() == [0, 0] and found[["estimate", "se", "p"]].isna().all(axis=None)
    few = estimate_claims(_claims(("block", 1, ["a"], [1], [_IMAGING])), _cohort(19))
    assert few["n"].tolist() == [19] and few["estimate"].isna().all()
    some = estimate_claims(_claims(("term", 1, ["a", "c"], [1, 1], [_IMAGING])), _cohort())
    alone = estimate_claims(_claims(("term", 1, ["a"], [1], [_IMAGING])), _cohort())
    assert some["estimate"].tolist() == alone["estimate"].tolist()


def test_signs_of_a_term_are_those_of_other_people() -> None:
    claims = _claims(("term", 1, ["a", "b"], [1, 1], [_IMAGING]), ("block", 1, ["b"], [1], [_IMAGING]))
    signed = signed_claims(claims, _cohort(seed=8))
    assert [list(own) for own in signed["signs"]] == [[1, -1], [1]]


def test_random_effects_are_those_of_a_published_meta_analysis() -> None:
    """Borenstein et al., Introduction to Meta-Analysis (2009), tables 14.1 and 14.2: six studies' Hedges' g."""
    g = np.array([0.095, 0.277, 0.367, 0.664, 0.462, 0.185])
    variance = np.array([0.033, 0.031, 0.050, 0.011, 0.043, 0.023])
    found = random_effects(g[:, None], np.sqrt(variance)[:, None])
    assert found.estimate[0] == pytest.approx(0.358, abs=1e-3) and found.se[0] == pytest.approx(0.105, abs=1e-3)
    assert found.tau2[0] == pytest.approx(0.037, abs=1e-3)


def test_two_equal_estimates_have_the_fixed_effect() -> None:
    found = random_effects(np.array([[0.3], [0.3]]), np.array([[0.1], [0.1]]))
    assert found.tau2[0] == 0 and found.estimate[0] == pytest.approx(0.3)
    assert found.se[0] == pytest.approx(0.1 / np.sqrt(2))


def test_a_claim_replicates_in_its_direction_alone() -> None:
    study, cohort = (_table(values) for values in ([0.3, 0.3, -0.3, np.nan, 0.7], [0.25, -0.25, -0.3, 0.3, 0.62]))
    study.loc[4, ["kind", "nothing"]] = cohort.loc[4, ["kind", "nothing"]] = ["score", 0.5]
    found = replication_table(study, cohort)
    assert list(found.columns) == REPLICATION.names
    assert found["replicated"].tolist() == [True, False, True, False, True]
    assert found["same_direction"].isna().tolist() == [False, False, False, True, False]
    # se .05: z of .25 is 5, of -.25 in the other direction -5; a score counts from chance
    assert found["p_replication"].tolist()[:3] == pytest.approx([norm.sf(5), norm.sf(-5), norm.sf(6)])
    assert found["p_replication"].iloc[4] == pytest.approx(norm.sf(0.12 / 0.05))
    assert found["power"].iloc[0] == pytest.approx(norm.cdf(6 - norm.isf(0.05)))
    assert found["p_size"].iloc[1] == pytest.approx(2 * norm.sf(0.55 / np.hypot(0.05, 0.05)))
    assert found["pooled"].iloc[0] == pytest.approx(0.275)
    kinds = replication_summary(found).set_index("kind")
    assert kinds.loc["block", ["claims", "estimated", "same_direction", "replicated"]].tolist() == [4, 3, 2, 2]


def _table(estimates: Sequence[float]) -> pd.DataFrame:
    claims = _claims(*(("block", 1, [f"s{number}"], [1], [_IMAGING]) for number in range(len(estimates))))
    values = {"n": 100, "estimate": list(estimates), "se": 0.05, "low": 0.0, "high": 0.0, "p": 0.5}
    return claims.assign(**values)


def test_every_kind_of_claim_is_listed_of_what_is_called() -> None:
    called = {"fold": -1, "component": 1, "called": True}
    contributions = pd.DataFrame(
        [
            {"view": IMAGING, "feature": "left", **called},
            {"view": IMAGING, "feature": "right", **called, "called": False},
            {"view": GENETICS, "feature": "a", **called},
            {"view": GENETICS, "feature": "b", **called},
        ]
    )
    components = pd.DataFrame({"component": [1, 2], "gated": [True, False]})
    blocks = pd.DataFrame({"component": [1, 1], "lead": ["a", "c"], "genes": ["G", "H"], "called": [True, False]})
    terms = pd.DataFrame(
        {
            "component": [1, 1, -1],
            "primary": True,
            "term_id": ["GO:1", "GO:2", "GO:3"],
            "term": ["one", "two", "three"],
            "p_family": [0.01, 0.2, 0.01],
            "p_bonferroni": 0.01,
            "genes": ["G;I", "G", "G"],
        }
    )
    genes = pd.DataFrame({"variant_id": ["a", "b", "b"], "gene_id": ["E1", "E1", "E2"], "symbol": ["G", "G", None]})
    found = list_claims(StudyCalls(contributions, components, blocks, terms, genes))
    listed = list(zip(found["kind"], found["name"], found["target"], strict=True))
    assert listed == [
        ("component", _GENETICS, _IMAGING),
        ("variate_outcome", _GENETICS, "outcome"),
        ("variate_outcome", _IMAGING, "outcome"),
        ("block", "a (G)", _IMAGING),
        ("region", "left", _GENETICS),
        ("term", "GO:1 one", _IMAGING),
        ("allele_outcome", "a (G)", "outcome"),
        ("region_outcome", "left", "outcome"),
        ("gene_regions", "E2", "called regions"),
        ("gene_regions", "G", "called regions"),
    ]
    assert found.loc[found["kind"] == "term", "features"].tolist() == [["a", "b"]]
    nothing = list_claims(
        StudyCalls(contributions.assign(called=False), components.assign(gated=False), blocks.iloc[1:], terms, genes)
    )
    assert not len(nothing)


def test_scores_stand_against_chance() -> None:
    performance = pd.DataFrame(
        {
            "model": ["cgni", "cgni", "cgni", "other"],
            "split": ["holdout", "holdout", "validation", "holdout"],
            "fold": [-1, -1, -1, -1],
            "metric": ["balanced_accuracy", "mae", "auc", "auc"],
            "value": [0.6, 1.0, 0.7, 0.8],
            "se": 0.05,
            "low": 0.5,
            "high": 0.7,
        }
    )
    found = score_claims(performance, "cgni", 80)
    assert found[["name", "nothing", "n", "estimate"]].to_numpy().tolist() == [["balanced_accuracy", 0.5, 80, 0.6]]
    assert found["p"].iloc[0] == pytest.approx(2 * norm.sf(2))
    few = score_claims(performance, "cgni", 19)
    assert few["n"].tolist() == [19] and few[["estimate", "se", "low", "high", "p"]].isna().all(axis=None)
