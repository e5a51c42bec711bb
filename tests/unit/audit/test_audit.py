"""Lineage, confounder test, oracle and recovery."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, kstest, t

from cgni.audit.confounds import confounder_test
from cgni.audit.lineage import check_fit, refuse_leaks
from cgni.audit.oracle import significant_pairs, snp_region_tests
from cgni.audit.recovery import recall_precision, snp_recall_precision, term_ranks
from cgni.base.errors import InputError

_IDS = [f"p{n}" for n in range(10)]
_SPLITS = pd.DataFrame(
    {
        "participant_id": _IDS,
        "role": ["development"] * 8 + ["holdout"] * 2,
        "fold": [0, 0, 0, 0, 1, 1, 1, 1, -1, -1],
        "monitor_0": [False] * 4 + [True] + [False] * 5,
        "monitor_1": [True] + [False] * 9,
    }
)
_FAMILIES = pd.Series([f"F{n}" for n in range(10)], index=_IDS)


def _check(ids: list[str], families: pd.Series = _FAMILIES) -> dict:
    used = pd.DataFrame({"participant_id": ids, "use": "fit"})
    return check_fit("train", 0, used, _SPLITS, families)[0]


def test_clean_fit_is_clean() -> None:
    assert _check(["p5", "p6", "p7"])["clean"]


@pytest.mark.parametrize(("leak", "column"), [("p8", "holdout_people"), ("p0", "validation_people")])
def test_leaked_person_is_counted_and_refused(leak: str, column: str) -> None:
    row = _check(["p5", leak])
    assert row[column] == 1 and not row["clean"]
    with pytest.raises(InputError, match="must not see"):
        refuse_leaks(pd.DataFrame([row]))


def test_a_declared_leak_is_counted_but_not_refused() -> None:
    row = _check(["p5", "p8"])
    refuse_leaks(pd.DataFrame([row]), declared={"train"})
    with pytest.raises(InputError, match="must not see"):
        refuse_leaks(pd.DataFrame([row]), declared={"another rule"})


def test_relative_of_the_holdout_is_counted() -> None:
    families = _FAMILIES.copy()
    families["p5"] = families["p8"]
    row = _check(["p5", "p6"], families)
    assert row["relatives"] == 1 and not row["clean"]


def test_oracle_equals_plain_regressions() -> None:
    rng = np.random.default_rng(0)
    counts, confounds = rng.integers(0, 3, (80, 3)).astype(float), rng.standard_normal((80, 2))
    regions = rng.standard_normal((80, 2)) + 0.5 * counts[:, :1]
    p = snp_region_tests(counts, regions, confounds)
    for snp in range(3):
        for region in range(2):
            design = np.column_stack([np.ones(80), counts[:, snp], confounds])
            beta, *_ = np.linalg.lstsq(design, regions[:, region], rcond=None)
            rest = regions[:, region] - design @ beta
            variance = rest @ rest / (80 - 4) * np.linalg.inv(design.T @ design)[1, 1]
            assert p[snp, region] == pytest.approx(2 * t.sf(abs(beta[1]) / np.sqrt(variance), 76), rel=1e-9)
    assert (significant_pairs(p, 0.05) == (false_discovery_control(p.ravel()).reshape(p.shape) <= 0.05)).all()


def test_confounder_test_on_null_and_on_confounded_predictions() -> None:
    rng = np.random.default_rng(1)
    null = []
    for seed in range(100):
        labels, confounds = rng.integers(0, 2, 60), rng.standard_normal((60, 2))
        null.append(confounder_test(labels + rng.standard_normal(60), labels, confounds, 99, seed)[1])
    assert kstest(null, "uniform").pvalue > 0.01
    labels, confounds = rng.integers(0, 2, 100), rng.standard_normal((100, 2))
    assert confounder_test(labels + confounds[:, 0], labels, confounds, 99, 0)[1] == pytest.approx(0.01)


def test_recovery_counts_by_hand() -> None:
    rows = recall_precision(["a", "b", "x"], ["a", "b", "c", "d"], [*"abcdefgh", "x", "y"], "pipeline", "region")
    assert [r["value"] for r in rows] == [0.5, pytest.approx(2 / 3)]
    assert "chance 0.40" in rows[1]["note"]
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 3, (200, 4)).astype(float)
    counts[:, 1] = counts[:, 0]  # a perfect proxy of the causal SNP v0
    rows = snp_recall_precision(["v1", "v2"], ["v0", "lost"], counts, ["v0", "v1", "v2", "v3"], 0.2, "pipeline")
    assert [r["value"] for r in rows] == [0.5, 0.5]  # of two planted one found; of two called one a hit


def test_rank_of_a_planted_term() -> None:
    rows = [
        (-1, "a", 0.2),
        (-1, "b", 0.01),
        (-1, "c", 0.02),
        (1, "a", 0.3),
        (1, "b", 0.3),
        (2, "c", 0.001),
        (2, "a", 0.1),
    ]
    terms = pd.DataFrame(rows, columns=["component", "term_id", "p"]).assign(primary=True, source="GO:CC")
    assert [row["value"] for row in term_ranks(terms, ["c"])] == [2.0, 1.0]
    assert [row["value"] for row in term_ranks(terms, ["a"])] == [3.0, 1.0]  # a and b tie in component 1
    assert all(np.isnan(row["value"]) for row in term_ranks(terms, ["z"]))
