"""Scores against scikit-learn and scipy, family bootstrap, matching, and selection without the holdout."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from scipy.stats import binomtest, false_discovery_control
from sklearn.metrics import balanced_accuracy_score, brier_score_loss, confusion_matrix, roc_auc_score

from cgni.base.errors import InputError
from cgni.classification.bootstrap import family_weights, weighted_auc, weighted_balanced_accuracy
from cgni.classification.comparisons import compare_models, holm
from cgni.classification.evaluation import matched_subset, score_models
from cgni.classification.metrics import auc, balanced_accuracy, brier, confusion, log_odds
from cgni.classification.paired import mcnemar
from cgni.classification.pooling import mean_holdout
from cgni.classification.selection import choose_terms
from cgni.contrastive.terms import encoder_spec

FOLDS = 3


def people(count=90, seed=0):
    """Participants, families of up to two."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "participant_id": [f"p{i:03d}" for i in range(count)],
            "age": rng.uniform(45, 80, count).round(1),
            "sex": rng.integers(0, 2, count),
            "family": [f"f{i // 2}" for i in range(count)],
        }
    )


def study(signal, seed=1, count=90):
    """Predictions of development people (the first two thirds) and holdout people with labels and a signal."""
    rng = np.random.default_rng(seed)
    ids = people(count)["participant_id"]
    labels = np.random.default_rng(7).integers(0, 2, count)
    cut = count * 2 // 3

    def chance(own):
        return np.clip(0.5 + signal * (own - 0.5) + rng.normal(0, 0.2, len(own)), 0, 1)

    development, holdout = [], []
    for fold in range(FOLDS):
        part = np.where(np.arange(cut) % FOLDS == fold, "validation", "fit")
        frame = {"fold": fold, "participant_id": ids[:cut], "part": part, "label": labels[:cut]}
        development.append(pd.DataFrame({**frame, "probability": chance(labels[:cut])}))
        frame = {"fold": fold, "participant_id": ids[cut:], "label": labels[cut:]}
        holdout.append(pd.DataFrame({**frame, "probability": chance(labels[cut:])}))
    return pd.concat(development, ignore_index=True), pd.concat(holdout, ignore_index=True)


def both(**signals):
    tables = {model: study(signal, seed) for seed, (model, signal) in enumerate(signals.items())}
    development = {model: pair[0] for model, pair in tables.items()}
    holdout = pd.concat([pair[1].assign(model=model) for model, pair in tables.items()], ignore_index=True)
    return development, holdout


def test_scores_equal_scikit_learn():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 2, 200)
    probabilities = rng.uniform(size=200).round(1)  # ties, and values of exactly 0.5
    called = (probabilities >= 0.5).astype(int)
    tn, fp, fn, tp = confusion_matrix(labels, called).ravel()
    assert confusion(labels, probabilities) == {"tp": tp, "fn": fn, "tn": tn, "fp": fp}
    assert balanced_accuracy(labels, probabilities) == pytest.approx(balanced_accuracy_score(labels, called))
    assert auc(labels, probabilities) == pytest.approx(roc_auc_score(labels, probabilities))
    assert brier(labels, probabilities) == pytest.approx(brier_score_loss(labels, probabilities))
    inside = (probabilities > 0) & (probabilities < 1)
    np.testing.assert_allclose(log_odds(probabilities)[inside], logit(probabilities[inside]))
    assert log_odds(np.array([0.0, 1.0])).tolist() == pytest.approx([logit(1e-6), -logit(1e-6)])


def test_scores_of_one_class_are_undefined():
    assert np.isnan(balanced_accuracy(np.ones(4), np.ones(4)))
    assert np.isnan(auc(np.ones(4), np.ones(4)))


def test_mcnemar_is_the_exact_binomial_test_of_the_discordant_people():
    labels = np.ones(30)
    first, second = np.ones(30), np.ones(30)
    first[:3], second[3:13] = 0, 0  # 3 people only the second gets right, 10 only the first
    assert mcnemar(labels, first, second) == pytest.approx(binomtest(10, 13, 0.5).pvalue)
    assert mcnemar(labels, first, second) == mcnemar(labels, second, first)
    assert mcnemar(labels, first, first) == 1.0


def test_holm_by_hand():
    """0.01 x 4, 0.02 x 3, 0.03 x 2, 0.5 x 1, made monotone (the third equals the second)."""
    np.testing.assert_allclose(holm(np.array([0.5, 0.02, 0.01, 0.03])), [0.5, 0.06, 0.04, 0.06])
    p = np.random.default_rng(0).uniform(size=20)
    assert (holm(p) >= false_discovery_control(p) - 1e-12).all()  # family-wise is never more lenient than BH


def test_bootstrap_keeps_families_whole():
    families = np.array(["b", "a", "b", "c", "a", "b"])
    weights = np.concatenate(list(family_weights(families, 1200, 3)))
    assert weights.shape == (1200, 6)
    for name in "abc":
        assert (np.ptp(weights[:, families == name], axis=1) == 0).all()  # everybody of a family as often
    assert (weights[:, [1, 0, 3]].sum(axis=1) == 3).all()  # as many families as there are
    np.testing.assert_array_equal(weights, np.concatenate(list(family_weights(families, 1200, 3))))


def test_bootstrap_error_equals_the_known_one():
    """Unrelated people: the SE of a mean is SD / sqrt(n); pairs of copies: sqrt(2) times that."""
    values = np.random.default_rng(5).normal(size=200)
    for copies in (1, 2):
        own, families = np.repeat(values, copies), np.repeat(np.arange(200), copies)
        weights = np.concatenate(list(family_weights(families, 2000, 1)))
        draws = (weights @ own) / weights.sum(axis=1)
        known = own.std() / np.sqrt(len(own)) * np.sqrt(copies)
        assert draws.std() == pytest.approx(known, rel=0.1)


def test_weighted_scores_are_those_of_the_repeated_people():
    """A weight of 3 is the person three times, scored by scikit-learn; ties and values of exactly 0.5 among them."""
    rng = np.random.default_rng(2)
    labels, probabilities = rng.integers(0, 2, 40), rng.uniform(size=40).round(1)
    weights = np.concatenate(list(family_weights(np.arange(40) // 2, 30, 4)))
    for row, accuracy, area in zip(
        weights.astype(int),
        weighted_balanced_accuracy(labels, probabilities, weights),
        weighted_auc(labels, probabilities, weights),
        strict=True,
    ):
        y, p = np.repeat(labels, row), np.repeat(probabilities, row)
        assert accuracy == pytest.approx(balanced_accuracy_score(y, p >= 0.5))
        assert area == pytest.approx(roc_auc_score(y, p))


def test_scores_without_a_class_are_undefined_in_every_resample():
    weights = np.ones((3, 5))
    assert np.isnan(weighted_balanced_accuracy(np.ones(5), np.ones(5), weights)).all()
    assert np.isnan(weighted_auc(np.ones(5), np.ones(5), weights)).all()


def test_models_scored_on_other_people_are_not_compared():
    development, holdout = both(good=0.6, poor=0.0)
    development["poor"] = development["poor"].iloc[:-1]
    with pytest.raises(InputError, match="not the same people"):
        compare_models("good", [], development, holdout, people(), 50, 1)


def test_matched_people_are_pairs_of_the_same_sex_and_age():
    rng = np.random.default_rng(4)
    table = people(300, 4).assign(label=rng.integers(0, 2, 300))
    table["age"] -= 6 * table["label"]  # the high group is younger
    table.loc[:5, "age"] = np.nan
    rows = matched_subset(table, caliper=2.0)
    matched = table.loc[rows]
    assert len(set(rows)) == len(rows) > 50
    assert matched["age"].notna().all()
    assert (pd.crosstab(matched["sex"], matched["label"]).diff(axis=1)[1] == 0).all()
    gaps = matched.groupby("label")["age"].mean()
    assert abs(gaps[1] - gaps[0]) < 2.0 < abs(table.groupby("label")["age"].mean().diff()[1])
    np.testing.assert_array_equal(rows, matched_subset(table, caliper=2.0))


def test_performance_of_models():
    """Each score recomputed from the predictions with scikit-learn."""
    development, holdout = both(good=0.6, poor=0.0)
    table = score_models(development, holdout, people(), ["good"], 50, 1).set_index(
        ["model", "split", "fold", "metric"]
    )
    own = development["good"]
    validation = own[own["part"] == "validation"]
    pooled = balanced_accuracy_score(validation["label"], validation["probability"] >= 0.5)
    assert table.loc[("good", "validation", -1, "balanced_accuracy"), "value"] == pytest.approx(pooled)
    assert validation["participant_id"].is_unique
    folds = [balanced_accuracy_score(g["label"], g["probability"] >= 0.5) for _, g in validation.groupby("fold")]
    assert table.loc[("good", "validation", -1, "fold_mean"), "value"] == pytest.approx(np.mean(folds))
    assert table.loc[("good", "validation", -1, "fold_sd"), "value"] == pytest.approx(np.std(folds, ddof=1))
    mean = holdout[holdout["model"] == "good"].groupby("participant_id")[["label", "probability"]].mean()
    expected = balanced_accuracy_score(mean["label"], mean["probability"] >= 0.5)
    row = table.loc[("good", "holdout", -1, "balanced_accuracy")]
    assert row["value"] == pytest.approx(expected)
    assert row["low"] <= row["value"] <= row["high"] and row["se"] >= 0
    matched = table.loc[("good", "validation", -1, "balanced_accuracy_matched")]
    assert matched["low"] <= matched["value"] <= matched["high"]
    counts = [table.loc[("good", "holdout", -1, name), "value"] for name in ("tp", "fn", "tn", "fp")]
    assert sum(counts) == len(mean)


def test_scores_that_a_choice_has_looked_at_are_marked():
    """Those of validation people, of the models among which was chosen; never the holdout's."""
    development, holdout = both(good=0.6, poor=0.0)
    table = score_models(development, holdout, people(), ["good"], 50, 1)
    marked = table.loc[table["selected"], ["model", "split"]].drop_duplicates()
    assert marked.to_numpy().tolist() == [["good", "validation"]]
    assert table["selected"].sum() == ((table["model"] == "good") & (table["split"] == "validation")).sum()


def test_comparisons_pair_the_same_people_and_see_a_difference():
    development, holdout = both(good=0.9, poor=0.0, same=0.9)
    development["same"] = development["good"]
    table = compare_models("good", [], development, holdout, people(), 200, 1).set_index(["other", "split"])
    assert table.loc[("poor", "validation"), "difference"] > 0.2
    assert table.loc[("poor", "validation"), "mcnemar_p_holm"] < 0.05
    assert table.loc[("poor", "validation"), "bootstrap_p_holm"] < 0.05
    assert (table["bootstrap_p_holm"] >= table["bootstrap_p"]).all()
    assert table.loc[("same", "validation"), ["difference", "low", "high"]].tolist() == [0, 0, 0]
    assert table.loc[("poor", "validation"), "permutation_p_holm"] < 0.05
    assert table.loc[("same", "validation"), ["permutation_p", "bootstrap_p", "mcnemar_p"]].tolist() == [1, 1, 1]


def test_holm_counts_the_models_of_table_1_and_the_ablations_apart():
    """Two models in Table 1 and one ablation: its p stays, theirs are Holm's of two."""
    development, holdout = both(good=0.6, poor=0.2, other=0.4, ablation=0.3)
    table = compare_models("good", ["ablation"], development, holdout, people(), 100, 1)
    for split, own in table.groupby("split"):
        own = own.set_index("other")
        assert own["group"].to_dict() == {"poor": "table1", "other": "table1", "ablation": "ablations"}, split
        for name in ("permutation_p", "bootstrap_p", "mcnemar_p"):
            assert own.at["ablation", f"{name}_holm"] == own.at["ablation", name]
            pair = own.loc[["poor", "other"]]
            np.testing.assert_allclose(pair[f"{name}_holm"], holm(pair[name].to_numpy()))


def test_the_holdout_score_is_that_of_the_mean_probability():
    holdout = pd.DataFrame({"participant_id": ["a", "b"] * 2, "label": [0, 1] * 2, "probability": [0.2, 0.9, 0.4, 0.3]})
    assert mean_holdout(holdout)["probability"].tolist() == pytest.approx([0.3, 0.6])


def test_selection_sees_validation_people_alone():
    """Whatever is predicted for fit and monitor people, the choice and the scores stay."""
    tables = {encoder_spec([1]): study(0.2, 1)[0], encoder_spec([1, 2, 4]): study(0.8, 2)[0]}
    chosen = choose_terms(tables)
    assert chosen["proposed"] == "terms124"
    for table in tables.values():
        own = table["part"] != "validation"
        table.loc[own, "probability"] = 1.0 - table.loc[own, "label"]
    assert choose_terms(tables) == chosen


def test_equal_subsets_go_to_the_smaller_then_to_the_first():
    table = study(0.5)[0]
    tables = {encoder_spec(terms): table for terms in ([1, 2, 4], [4], [1])}
    assert choose_terms(tables)["proposed"] == "terms4"


def test_what_is_interpreted_relates_the_two_embeddings() -> None:
    table = pd.DataFrame({"fold": 0, "part": "validation", "label": [0, 1], "probability": [0.1, 0.9]})
    chosen = choose_terms({encoder_spec([4]): table, encoder_spec([1, 2, 4]): table})
    assert chosen["proposed"] == "terms4" and chosen["interpreted"] == "terms124"
    assert choose_terms({encoder_spec([4]): table, encoder_spec([3, 4]): table})["interpreted"] == "terms12"


def test_resamples_without_a_class_lend_no_significance():
    """Nobody of the high group: no resample has a score, so the comparison says nothing (p = 1)."""
    ids = [f"p{i}" for i in range(6)]
    own = pd.DataFrame({"fold": 0, "participant_id": ids, "part": "validation", "label": 0})
    own["probability"] = np.linspace(0.1, 0.9, 6)
    holdout = pd.concat([own.assign(model=model) for model in "ab"])
    people = pd.DataFrame({"participant_id": ids, "family": ids})
    table = compare_models("a", [], {"a": own, "b": own}, holdout, people, 200, 1)
    assert (table["bootstrap_p"] == 1).all()
