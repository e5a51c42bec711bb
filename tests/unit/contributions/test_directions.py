"""Directions in unseen people: slopes against a plain loop, families, and what the table says of a made-up cohort."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr
from scipy.stats import t as student

from cgni.base.tables import write_table
from cgni.contributions.directions import (
    KINDS,
    Called,
    Measures,
    estimate_directions,
)
from cgni.contributions.estimates import (
    HOLDOUT,
    OUT_OF_FOLD,
    Adjustment,
    holdout_variates,
    mean_slope,
    out_of_fold_variates,
    slopes,
)
from cgni.contributions.schemas_claims import DIRECTIONS

_PEOPLE = 600


def _people(rng: np.random.Generator, count: int, families: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "participant_id": [f"p{number:04d}" for number in range(count)],
            "age": rng.uniform(45, 80, count),
            "sex": rng.integers(0, 2, count),
            "head_size": rng.normal(1.3, 0.1, count),
            "pc1": rng.standard_normal(count),
            "site": rng.choice(["a", "b"], count),
            "family": [f"F{number}" for number in families],
        }
    )


def _loop(x: np.ndarray, y: np.ndarray, confounds: np.ndarray, families: np.ndarray) -> tuple[float, float, float]:
    """Slope, HC3 error summed within families and p, from the whole regression, person by person."""
    design = np.column_stack([x, np.ones(len(x)), confounds])
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ y
    meat = np.zeros((design.shape[1],) * 2)
    for family in np.unique(families):
        score = np.zeros(design.shape[1])
        for row in np.flatnonzero(families == family):
            leverage = design[row] @ bread @ design[row]
            score += design[row] * (y[row] - design[row] @ coefficients) / (1 - leverage)
        meat += np.outer(score, score)
    se = np.sqrt((bread @ meat @ bread)[0, 0])
    freedom = len(np.unique(families)) - design.shape[1]
    return coefficients[0], se, 2 * student.sf(abs(coefficients[0] / se), freedom)


def test_slopes_are_those_of_the_whole_regression() -> None:
    rng = np.random.default_rng(1)
    families = np.repeat(np.arange(40), 2)
    confounds, x = rng.standard_normal((80, 3)), rng.binomial(2, 0.3, (80, 4)).astype(float)
    x[:, 1] += confounds[:, 0]
    y = x[:, 0] + confounds[:, 1] + rng.standard_normal(80) + rng.standard_normal(40)[families]
    adjustment = Adjustment(confounds, families)
    found = slopes(x, y, adjustment)
    design = np.column_stack([np.ones(80), confounds])
    hat = design @ np.linalg.solve(design.T @ design, design.T)
    for column in range(4):
        left_x, left_y = x[:, column] - hat @ x[:, column], y - hat @ y
        assert found.estimate[column] == pytest.approx(pearsonr(left_x, left_y)[0])  # the partial correlation
        slope, se, p = _loop(x[:, column] / left_x.std(), y / left_y.std(), confounds, families)
        assert (found.estimate[column], found.se[column], found.p[column]) == pytest.approx((slope, se, p))
        half = student.ppf(0.975, 40 - 5) * se  # 40 families, 5 coefficients
        assert (found.low[column], found.high[column]) == pytest.approx((slope - half, slope + half))


def test_relatives_do_not_count_twice() -> None:
    """150 families of four with the same alleles and a shared part of the target: p stays uniform."""
    rng = np.random.default_rng(2)
    families = np.repeat(np.arange(150), 4)
    x = rng.standard_normal((150, 1000))[families]
    y = rng.standard_normal(150)[families] + 0.5 * rng.standard_normal(600)
    robust = slopes(x, y, Adjustment(np.empty((600, 0)), families)).p
    alone = slopes(x, y, Adjustment(np.empty((600, 0)), np.arange(600))).p
    # one target for 1,000 independent features: binomial SD of the share is .007
    assert 0.03 < (robust < 0.05).mean() < 0.07
    assert (alone < 0.05).mean() > 0.2


def test_what_cannot_be_estimated_is_missing() -> None:
    rng = np.random.default_rng(3)
    confounds = rng.standard_normal((30, 1))
    x = np.column_stack([np.ones(30), 2 * confounds[:, 0] + 1, rng.standard_normal(30)])
    found = slopes(x, rng.standard_normal(30), Adjustment(confounds, np.arange(30)))
    assert np.isnan(found.estimate).tolist() == [True, True, False]  # constant; explained by a confound
    few = slopes(x[:3], np.arange(3.0), Adjustment(confounds[:3], np.arange(3)))
    assert np.isnan(few.estimate).all() and len(few.p) == 3
    assert np.isnan(slopes(x, np.ones(30), Adjustment(confounds, np.arange(30))).p).all()
    assert np.isnan(mean_slope(x[:, :2], x[:, 2:], Adjustment(confounds, np.arange(30))).estimate).all()


def test_mean_over_pairs_has_the_error_of_a_jackknife_over_families() -> None:
    rng = np.random.default_rng(4)
    families = np.repeat(np.arange(150), 2)
    x = rng.binomial(2, 0.4, (300, 3)).astype(float)
    y = 0.2 * x[:, [0]] + rng.standard_normal((300, 2)) + rng.standard_normal((300, 1))
    none = np.empty((300, 0))
    found = mean_slope(x, y, Adjustment(none, families))
    expected = np.mean([[pearsonr(a, b)[0] for b in y.T] for a in x.T])
    assert found.estimate[0] == pytest.approx(expected)
    left_out = []
    for family in range(150):
        rows = families != family
        left_out.append(np.mean([[pearsonr(a[rows], b[rows])[0] for b in y.T] for a in x.T]))
    jackknife = np.sqrt(149 / 150 * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    # slopes keep the target's SD fixed, correlations do not: they agree to first order in r (here below .15)
    assert found.se[0] == pytest.approx(jackknife, rel=0.05)


def _variates() -> pd.DataFrame:
    """Two folds whose variates differ in scale; component 2 is missing in fold 1."""
    rows = [
        ("a", 0, "validation", 1, 1.0, 5.0),
        ("b", 0, "validation", 1, 3.0, 9.0),
        ("c", 0, "fit", 1, 50.0, 50.0),
        ("c", 1, "validation", 1, 10.0, -1.0),
        ("d", 1, "validation", 1, 50.0, -1.0),
        ("a", 0, "validation", 2, 0.0, 1.0),
        ("b", 0, "validation", 2, 1.0, 0.0),
        ("y", 0, "holdout", 1, 0.0, 0.0),
        ("z", 0, "holdout", 1, 2.0, 1.0),
        ("y", 1, "holdout", 1, 7.0, 1.0),
        ("z", 1, "holdout", 1, 6.0, 3.0),
    ]
    names = ["participant_id", "fold", "part", "component", "imaging", "genetics"]
    return pd.DataFrame(rows, columns=names)


def test_variates_are_standardised_within_folds() -> None:
    found = out_of_fold_variates(_variates())
    assert found[1]["imaging"].to_dict() == {"a": -1, "b": 1, "c": -1, "d": 1}
    assert found[1]["genetics"].to_dict() == {"a": -1, "b": 1, "c": 0, "d": 0}  # constant in fold 1
    assert found[2].index.tolist() == ["a", "b"]
    held = holdout_variates(_variates())
    assert held[1]["imaging"].to_dict() == {"y": 0, "z": 0}  # the folds disagree
    assert held[1]["genetics"].to_dict() == {"y": -1, "z": 1}


@pytest.fixture(scope="module")
def measures() -> Measures:
    """Alleles s0 and s1 (gene DOWN) lower, s2 (STAU1) raises region A, which goes with the score; B is noise."""
    rng = np.random.default_rng(5)
    people = _people(rng, _PEOPLE, np.arange(_PEOPLE))
    ids = pd.Index(people["participant_id"])
    counts = pd.DataFrame(rng.binomial(2, 0.4, (_PEOPLE, 4)), index=ids, columns=["s0", "s1", "s2", "s3"], dtype="Int8")
    age = (people["age"].to_numpy() - 60) / 10
    effect = counts.to_numpy(float) @ [-0.5, -0.5, 0.5, 0]
    regions = pd.DataFrame(
        {"A": effect - age + rng.standard_normal(_PEOPLE), "B": rng.standard_normal(_PEOPLE)}, index=ids
    )
    # the score rises with age here: without the confounds A would go with less of it
    people["outcome"] = regions["A"].to_numpy() + 3 * age + rng.standard_normal(_PEOPLE)
    people.loc[::10, "outcome"] = np.nan
    counts.iloc[3, 0] = pd.NA
    genes = pd.DataFrame({"variant_id": ["s0", "s1", "s2", "s2", "s3"], "gene_id": ["g1", "g1", "g2", "g3", "g4"]})
    genes["symbol"] = ["DOWN", "DOWN", "STAU1", None, "FLAT"]
    return Measures(people, counts, regions, genes, 10)


@pytest.fixture(scope="module")
def variates(measures: Measures) -> pd.DataFrame:
    """Two folds of 270 people and 60 of the holdout; component 1 is minus region A, component 2 noise."""
    ids, a = measures.participants["participant_id"], measures.regions["A"].to_numpy()
    parts = []
    for fold in range(2):
        part = np.where(
            np.arange(_PEOPLE) >= 540, "holdout", np.where(np.arange(_PEOPLE) % 2 == fold, "validation", "fit")
        )
        genetics = measures.counts.astype(float).fillna(0).to_numpy() @ [1, 1, -1, 0]
        facts = {"participant_id": ids, "fold": fold, "part": part, "component": 1}
        parts.append(pd.DataFrame({**facts, "imaging": -a, "genetics": genetics}))
        noise = np.random.default_rng(6).standard_normal((2, _PEOPLE))
        parts.append(pd.DataFrame({**facts, "component": 2, "imaging": noise[0], "genetics": noise[1]}))
    return pd.concat(parts, ignore_index=True)


def _direction(table: pd.DataFrame, kind: str, feature: str, target: str, people: str = OUT_OF_FOLD) -> str:
    rows = (table[["kind", "feature", "target", "people"]] == [kind, feature, target, people]).all(axis=1)
    assert rows.sum() == 1
    return str(table.loc[rows, "direction"].item())


def test_directions_of_a_cohort(measures: Measures, variates: pd.DataFrame, tmp_path: Path) -> None:
    called = Called(["s0", "s1", "s2"], ["A"], [1])
    table = estimate_directions(variates, called, measures)
    write_table(table, tmp_path / "directions.parquet", DIRECTIONS, {})
    assert set(table["kind"]) == set(KINDS)
    assert _direction(table, "allele_region", "s0", "A") == "decrease"
    assert _direction(table, "allele_region", "s2", "A") == "increase"
    assert _direction(table, "allele_outcome", "s0", "outcome") == "decrease"
    assert _direction(table, "region_outcome", "A", "outcome") == "increase"
    assert _direction(table[table["component"] == 1], "variate_outcome", "imaging", "outcome") == "decrease"
    assert _direction(table, "region_variate", "A", "genetics variate") == "decrease"
    assert _direction(table, "region_variate", "B", "genetics variate") == "uncertain"
    n = table.groupby(["kind", "people"])["n"].agg(set)
    assert n["allele_region", OUT_OF_FOLD] == {540} and n["allele_region", HOLDOUT] == {60}
    assert n["region_outcome", OUT_OF_FOLD] == {486}  # every tenth has no score
    assert (table["q"] >= table["p"] - 1e-15).all()
    assert table.loc[table["kind"] == "variate_outcome", "component"].tolist() == [1, 1, 2, 2] * 2


def test_what_the_minor_alleles_of_a_gene_go_with(measures: Measures, variates: pd.DataFrame) -> None:
    table = estimate_directions(variates, Called(["s0", "s1", "s2"], ["A", "B"], [1]), measures)
    own = table[(table["kind"] == "gene_region") & (table["people"] == OUT_OF_FOLD)]
    said = own.set_index("feature")
    assert said["direction"].to_dict() == {"DOWN": "decrease", "STAU1": "increase", "g3": "increase"}
    assert said["pairs"].to_dict() == {"DOWN": 4, "STAU1": 2, "g3": 2}
    pairs = table[(table["kind"] == "allele_region") & (table["people"] == OUT_OF_FOLD)]
    down = pairs[pairs["feature"].isin(["s0", "s1"])]["estimate"]
    assert said.loc["DOWN", "estimate"] == pytest.approx(down.mean())
    assert said.loc["DOWN", "positive"] == (down > 0).sum()
    assert _direction(table, "alleles_region", "called SNPs", "A") == "decrease"  # two alleles lower it, one raises it


def test_nothing_called_leaves_the_variates(measures: Measures, variates: pd.DataFrame, tmp_path: Path) -> None:
    table = estimate_directions(variates, Called([], [], []), measures)
    assert set(table["kind"]) == {"variate_outcome"}
    write_table(table, tmp_path / "directions.parquet", DIRECTIONS, {})
    nobody = estimate_directions(variates.iloc[:0], Called([], [], []), measures)
    assert nobody.empty
    write_table(nobody, tmp_path / "nobody.parquet", DIRECTIONS, {})
