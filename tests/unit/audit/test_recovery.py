"""Findings against the planted truth: the oracle, the rows, and the whole table on a study made by hand."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, t

from cgni.audit.comparison import CohortTables, DevelopmentData, StudyFindings, Truth, compare_with_truth
from cgni.audit.oracle import significant_pairs, snp_region_tests
from cgni.audit.recovery import Linkage, accuracy_rows, recall_precision, snp_recall_precision, term_ranks
from cgni.audit.schemas import RECOVERY
from cgni.audit.settings import AuditSettings
from cgni.base.tables import write_table
from cgni.imaging.atlas import Atlas
from cgni.imaging.region_values import gray_matter
from cgni.imaging.store import GmStore


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


def test_recall_and_precision_by_hand() -> None:
    rows = recall_precision(["a", "b", "x"], ["a", "b", "c", "d"], [*"abcdefgh", "x", "y"], "pipeline", "region")
    assert [row.value for row in rows] == [0.5, pytest.approx(2 / 3)]
    assert "chance 0.40" in rows[1].note
    recall, precision = recall_precision([], ["a"], ["a", "b"], "pipeline", "gene")
    assert recall[1:] == ("gene recall", 0.0, 1, "0 of 1 planted") and np.isnan(precision.value)


def test_snps_are_found_by_their_proxies() -> None:
    rng = np.random.default_rng(0)
    counts = pd.DataFrame(rng.integers(0, 3, (200, 4)).astype(float), columns=["v0", "v1", "v2", "v3"])
    counts["v1"] = counts["v0"]  # a perfect proxy of the causal SNP v0
    linkage = Linkage(counts, ["v0", "lost"], 0.2)
    rows = snp_recall_precision(["v1", "v2", "not tested"], linkage, "pipeline")
    assert [row.value for row in rows] == [0.5, 0.5]  # of two planted one found; of two called one a hit
    assert linkage.chance == 0.5
    assert Linkage(counts, ["lost"], 0.2).chance == 0.0


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
    assert [row.value for row in term_ranks(terms, ["c"])] == [2.0, 1.0]
    assert [row.value for row in term_ranks(terms, ["a"])] == [3.0, 1.0]  # a and b tie in component 1
    assert all(np.isnan(row.value) for row in term_ranks(terms, ["z"]))


def test_accuracies_are_the_pooled_and_the_holdouts() -> None:
    performance = pd.DataFrame(
        [
            ("svm", "validation", "balanced_accuracy", -1, 0.7, 0.03),
            ("svm", "validation", "balanced_accuracy", 0, 0.9, 0.03),
            ("svm", "holdout", "balanced_accuracy", -1, 0.6, 0.1),
            ("svm", "holdout", "f1", -1, 0.2, 0.1),
        ],
        columns=["model", "split", "metric", "fold", "value", "se"],
    )
    assert accuracy_rows(performance) == [
        ("svm", "balanced accuracy, pooled out of fold", 0.7, 0, "SE 0.030"),
        ("svm", "balanced accuracy, holdout", 0.6, 0, "SE 0.100"),
    ]


_ATLAS = Atlas(np.array([[[1, 1, 2]]], np.int32), pd.Series({1: "left", 2: "right", 5: "lost"}))


def _cohort(ids: list[str], counts: np.ndarray, left_out: tuple[str, str, str]) -> CohortTables:
    """Tables of people of whom one is held out, one has a bad map, and one no genotypes."""
    held_out, bad_map, no_genotypes = left_out
    rng, people = np.random.default_rng(1), len(ids)
    splits = pd.DataFrame(
        {"participant_id": ids, "role": ["holdout" if one == held_out else "development" for one in ids]}
    )
    genotypes = pd.DataFrame(counts, columns=[f"v{n}" for n in range(counts.shape[1])]).assign(participant_id=ids)
    participants = pd.DataFrame({"participant_id": ids, "sex": 0, "head_size": 1.3, "site": "a"})
    return CohortTables(
        splits=splits,
        imaged=pd.Index([one for one in ids if one != bad_map]),
        genotypes=genotypes[genotypes["participant_id"] != no_genotypes],
        participants=participants.assign(age=rng.uniform(45, 80, people)),
    )


def test_tested_people_are_development_people_with_both_views() -> None:
    ids = ["e", "d", "c", "b", "a"]
    counts = np.array([[0, 1], [1, 1], [np.nan, 2], [2, 0], [1, 1]])
    maps = np.arange(15.0, dtype=np.float32).reshape(5, 1, 1, 3)
    regions = partial(gray_matter, GmStore(maps, pd.Index(ids), np.eye(4)), _ATLAS)
    tested = DevelopmentData.of(_cohort(ids, counts, ("e", "d", "")), regions)
    assert tested.counts.index.tolist() == tested.confounds.index.tolist() == ["a", "b", "c"]
    assert tested.counts["v0"].tolist() == [1, 2, 1.5]  # c is missing: the mean of a and b
    assert tested.regions.to_dict("list") == {"left": [12.5, 9.5, 6.5], "right": [14.0, 11.0, 8.0]}
    only = DevelopmentData.of(_cohort(ids, counts, ("e", "d", "a")), regions)
    assert only.counts.index.tolist() == ["b", "c"]


def _tested() -> DevelopmentData:
    """300 people; v0 acts on the region left, v1 is its proxy, v2 and v3 act on nothing."""
    rng = np.random.default_rng(3)
    counts = rng.integers(0, 3, (300, 4)).astype(float)
    counts[:, 1] = counts[:, 0]
    left = counts[:, 0] + 0.5 * rng.standard_normal(300)
    return DevelopmentData(
        counts=pd.DataFrame(counts, columns=["v0", "v1", "v2", "v3"]),
        regions=pd.DataFrame({"left": left, "right": rng.standard_normal(300)}),
        confounds=pd.DataFrame({"age": rng.uniform(45, 80, 300)}),
    )


def _findings() -> StudyFindings:
    """The permutation null calls the two hits, the SD rule the two misses, and the rule in force all four."""
    rows = [
        ("genetics", "v1", -1, True, False, True),
        ("genetics", "v2", -1, True, True, False),
        ("genetics", "v0", 0, True, True, True),  # of a fold: not the consensus
        ("imaging", "left", -1, True, False, True),
        ("imaging", "right", -1, True, True, False),
    ]
    columns = ["view", "feature", "fold", "called", "called_sd", "called_null"]
    genes = {"variant_id": ["v0", "v1", "v2", "v3"], "symbol": ["A", "A", "B", "C"]}
    terms = {"component": [1, 1], "term_id": ["GO:1", "GO:2"], "source": "GO:CC", "p": [0.2, 0.1], "primary": True}
    performance = [("svm", "holdout", "balanced_accuracy", -1, 0.6, 0.1)]
    return StudyFindings(
        contributions=pd.DataFrame(rows, columns=columns).assign(component=1),
        blocks=pd.DataFrame(
            {
                "component": [1, 2, 1, 1],
                "block": ["1_1", "1_1", "1_2", "1_3"],
                "members": ["v0;v1", "v0;v1", "v2", "v3"],
                "called": [True, True, True, False],
            }
        ),
        snp_genes=pd.DataFrame(genes),
        terms=pd.DataFrame(terms),
        performance=pd.DataFrame(performance, columns=["model", "split", "metric", "fold", "value", "se"]),
    )


def test_the_table_of_a_study_by_hand(tmp_path: Path) -> None:
    planted = pd.DataFrame({"variant_id": ["v0", "v3"], "symbol": ["A", "C"], "factor": [0, -1]})
    truth = Truth.of(planted, pd.DataFrame({"region": [1]}), {1: "left"}, ("GO:1",))
    assert truth == Truth(frozenset({"v0"}), frozenset({"A"}), frozenset({"left"}), ("GO:1",))
    table = compare_with_truth(truth, _tested(), _findings(), AuditSettings())
    write_table(table, tmp_path / "recovery.parquet", RECOVERY, {})
    values = table.set_index(["who", "quantity"])["value"]
    assert values["oracle"].tolist() == [1, 1, 1, 1]
    assert table.loc[1, "note"] == "2 of 2 called; chance 0.50"
    of_each = ["SNP recall", "SNP precision", "region recall", "region precision", "gene recall", "gene precision"]
    expected = {"pipeline": [1, 0.5] * 3, "published SD rule": [0] * 6, "permutation null": [1] * 6}
    for who, numbers in expected.items():
        assert values[who][of_each].tolist() == numbers, who
    # of the two called blocks the one of v0 and v1 is right; one of three blocks would be by chance
    assert values["claims", "block recall"] == 1 and values["claims", "block precision"] == 0.5
    assert (
        table.set_index(["who", "quantity"]).loc[("claims", "block precision"), "note"] == "1 of 2 called; chance 0.33"
    )
    assert values["pipeline", "rank of GO:1, best of 1 components"] == 2
    assert np.isnan(values["pipeline", "rank of GO:1, all components together"])
    assert values["svm", "balanced accuracy, holdout"] == 0.6
