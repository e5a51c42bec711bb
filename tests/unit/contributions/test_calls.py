"""Which regions and SNPs are called: the published rule, the gated permutation rule beside it, linked SNPs once."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.contributions.called import CONSENSUS, SUBSPACE, called_features, consensus, subspace
from cgni.contributions.calls import Calls, call_features, called_table, decide, summarise
from cgni.contributions.schemas import CALIBRATION, CONTRIBUTIONS
from cgni.contributions.settings import ContributionSettings
from tests.unit.contributions.made_up import FEATURES, gate_table, null_shares, occlusion

_PERMUTATION = ContributionSettings(rule="permutation", sd={IMAGING: 2.5, GENETICS: 2.5})
_SD = ContributionSettings(rule="sd", sd={IMAGING: 2.5, GENETICS: 2.5})


def _called(
    strong: dict[str, dict[int, list[str]]],
    gated: list[int],
    settings: ContributionSettings = _PERMUTATION,
    null: int = 24,
    height: float = 9.0,
) -> Calls:
    """A study of three components with strong features, given by view and component."""
    rng = np.random.default_rng(7)
    observed = {view: occlusion(rng, view, 3, strong.get(view, {}), height) for view in VIEWS}
    return call_features(observed, null_shares(null, 3), gate_table(3, gated), settings)


def test_contributions_call_by_the_published_rule() -> None:
    features = [f"r{n}" for n in range(30)]
    values = np.r_[10.0, np.tile([0.1, -0.1], 15)[:29]]
    folds = [
        {"fold": fold, "component": 1, "feature": features, "contribution": values * (fold + 1)} for fold in range(2)
    ]
    rows = pd.concat([pd.DataFrame(fold) for fold in folds])
    table = summarise(rows.assign(absolute=rows["contribution"].abs(), correlation=rows["contribution"]), 2.5)
    own = table[table["fold"] == CONSENSUS].set_index("feature")
    assert own.index[own["called_sd"]].tolist() == ["r0"]
    # z by hand: values 10, then 15 x .1 and 14 x -.1
    assert own.loc["r0", "z"] == pytest.approx((10 - values.mean()) / values.std())
    assert own.loc["r0", "direction"] == "increase"


@pytest.mark.parametrize("rule", ["sd", "permutation"])
def test_both_rules_stand_side_by_side(rule: str) -> None:
    strong = {IMAGING: {1: ["r07"]}, GENETICS: {1: ["s09"]}}
    settings = ContributionSettings(rule=rule, sd={IMAGING: 2.5, GENETICS: 2.5})
    table = _called(strong, [1], settings).contributions
    own = pd.concat([consensus(table, view) for view in VIEWS])
    assert own.loc[own["called_null"], "feature"].tolist() == ["r07", "s09"]
    assert {"r07", "s09"} <= set(own.loc[own["called_sd"], "feature"])
    assert (own["called"] == own["called_sd" if rule == "sd" else "called_null"]).all()


def test_a_further_atlas_has_a_false_discovery_rate_of_its_own(tmp_path) -> None:
    """p and the published rule are those of the view; q is Benjamini-Hochberg's over its regions alone."""
    rng = np.random.default_rng(7)
    observed = {view: occlusion(rng, view, 3, {1: [FEATURES[view][4]]}, 9.0) for view in VIEWS}
    null, gate = null_shares(24, 3), gate_table(3, [1, 3])
    both = called_table(observed, null, gate, _PERMUTATION).query("view == 'imaging'").reset_index(drop=True)
    alone = called_table({IMAGING: observed[IMAGING]}, null, gate, _PERMUTATION)
    same = [name for name in both.columns if name not in ("q", "called_null", "called", "stability")]
    pd.testing.assert_frame_equal(alone[same], both[same])
    own = alone[(alone["fold"] == CONSENSUS) & alone["component"].isin([1, 3])]
    assert own["q"].to_numpy() == pytest.approx(false_discovery_control(own["p"]))
    write_table(alone, tmp_path / "contributions.parquet", CONTRIBUTIONS, {})


@pytest.mark.parametrize("settings", [_PERMUTATION, _SD])
def test_nothing_gated_calls_nothing_by_permutation(settings: ContributionSettings, tmp_path) -> None:
    found = _called({IMAGING: {1: ["r07"]}, GENETICS: {2: ["s09"]}}, [], settings)
    table = found.contributions
    assert not table["called_null"].any() and table["q"].isna().all() and SUBSPACE not in set(table["component"])
    assert table["p"].notna().all(), "p stays, so that one can see what is not claimed"
    # the published rule knows no gate
    assert (table["called"] == (table["called_sd"] if settings is _SD else False)).all()
    assert table["called"].any() == (settings is _SD)
    for view in VIEWS:
        assert len(consensus(table, view)) == 3 * len(FEATURES[view]) and subspace(table, view).empty
    write_table(table, tmp_path / "contributions.parquet", CONTRIBUTIONS, {})
    write_table(found.calibration, tmp_path / "calibration.parquet", CALIBRATION, {})


def test_features_are_called_in_gated_components_alone() -> None:
    strong = {IMAGING: {1: ["r07"], 2: ["r01"]}, GENETICS: {1: ["s09"], 2: ["s11"]}}
    table = _called(strong, [1]).contributions
    called = table[table["called"] & (table["component"] > 0)]
    assert set(called["component"]) == {1} and set(called["fold"]) == {CONSENSUS}
    assert called["feature"].tolist() == ["r07", "s09"]
    other = table[(table["component"] == 2) & (table["fold"] == CONSENSUS)].set_index("feature")
    assert other.loc["r01", "p"] < 0.01 and other["q"].isna().all()


def test_one_benjamini_hochberg_over_both_views_and_all_gated_components() -> None:
    table = _called({IMAGING: {1: ["r07"]}, GENETICS: {3: ["s09"]}}, [1, 3]).contributions
    tested = table[(table["fold"] == CONSENSUS) & table["component"].isin([1, 3])]
    assert len(tested) == 2 * sum(map(len, FEATURES.values()))
    # scipy's q of the concatenated pairs
    assert np.allclose(tested["q"], false_discovery_control(tested["p"]))
    whole = table[(table["fold"] == CONSENSUS) & (table["component"] == SUBSPACE)]
    assert set(whole["view"]) == set(VIEWS)
    assert np.allclose(whole["q"], false_discovery_control(whole["p"])), "the subspace has its own"
    assert table.loc[table["fold"] != CONSENSUS, "q"].isna().all()
    assert table.loc[table["component"] == 2, "q"].isna().all()


def test_the_subspace_calls_a_feature_split_over_two_components() -> None:
    """Either half of it stays below the null's tail; the length of both does not."""
    strong = {IMAGING: {1: ["r07"], 2: ["r07"]}}
    table = _called(strong, [1, 2], height=2.2).contributions
    parts = consensus(table, IMAGING).query("feature == 'r07'").set_index("component")
    whole = subspace(table, IMAGING).set_index("feature")
    assert not parts["called"].any()
    assert whole.index[whole["called"]].tolist() == ["r07"]
    assert whole.loc["r07", "p"] < parts.loc[[1, 2], "p"].min()
    assert called_features(table, IMAGING).empty, "components alone, unless the subspace is asked for"


def test_the_subspace_of_one_component_is_that_component() -> None:
    table = _called({IMAGING: {2: ["r07"]}}, [2]).contributions
    columns = ["view", "fold", "feature", "share", "null_z", "p", "q"]
    one, whole = (table.loc[table["component"] == number, columns].reset_index(drop=True) for number in (2, SUBSPACE))
    pd.testing.assert_frame_equal(one, whole)


def test_stability_is_the_share_of_folds_with_the_feature_among_the_strongest() -> None:
    strength = {"a": [9, 9, 1], "b": [8, 1, 9], "c": [1, 8, 8], "d": [2, 2, 2]}
    rows = [
        {"feature": feature, "fold": fold, "null_z": float(value)}
        for feature, values in strength.items()
        for fold, value in enumerate([np.mean(values), *values], start=-1)
    ]
    table = pd.DataFrame(rows).assign(view=IMAGING, component=1, z=0.0, p=0.5, called_sd=False)
    table.loc[table["feature"].isin(["a", "b"]) & (table["fold"] == CONSENSUS), "p"] = 1e-6
    own = decide(table, [1], _PERMUTATION).query("fold == -1").set_index("feature")
    # two are called; the first two of the folds are a b, a c, b c
    assert own["called"].tolist() == [True, True, False, False]
    assert own["stability"].to_dict() == pytest.approx({"a": 2 / 3, "b": 2 / 3, "c": 2 / 3, "d": 0.0})
    nothing = decide(table.assign(p=0.5), [1], _PERMUTATION).query("fold == -1").set_index("feature")
    # none is called: 5 % of four features, which is one; the first of the folds are a, a, b
    assert nothing["stability"].to_dict() == pytest.approx({"a": 2 / 3, "b": 1 / 3, "c": 0.0, "d": 0.0})


def test_stability_of_features_that_differ_by_chance_is_its_chance_level() -> None:
    table = _called({}, []).contributions
    own = table[table["fold"] == CONSENSUS]
    # none is called, so it is the share of the strongest themselves: 1 of 20 features
    assert own.groupby(["view", "component"])["stability"].mean().to_numpy() == pytest.approx(0.05)
    assert table.loc[table["fold"] != CONSENSUS, "stability"].isna().all()


@pytest.mark.parametrize("replicates", [0, 1])
def test_without_enough_replicates_only_the_published_rule_calls(replicates: int) -> None:
    table = _called({IMAGING: {1: ["r07"]}}, [1], _SD, null=replicates).contributions
    components = table[table["component"] != SUBSPACE]
    assert table["p"].isna().all() and not table["called_null"].any() and components["called"].any()
    assert components.loc[components["fold"] == CONSENSUS, "stability"].notna().all()


def test_a_fold_without_a_gated_component_is_left_out_of_the_subspace() -> None:
    rng = np.random.default_rng(3)
    observed = {view: occlusion(rng, view, 3, {}, 0.0) for view in VIEWS}
    null = pd.concat(null_shares(24, 3))
    lacking = [own[(own["fold"] != 1) | (own["component"] == 1)] for own in (*observed.values(), null)]
    tests = gate_table(3, [1, 2])
    table = call_features(dict(zip(VIEWS, lacking[:2], strict=True)), lacking[2:], tests, _PERMUTATION)
    whole = table.contributions.query("component == 0")
    assert set(whole["fold"]) == {CONSENSUS, 0, 2} and whole["p"].notna().all()
    assert set(table.contributions.query("fold == 1")["component"]) == {1}
    nowhere = {view: own[(own["component"] != 2) | (own["fold"] == 2)] for view, own in observed.items()}
    nowhere = {view: own[(own["component"] != 1) | (own["fold"] != 2)] for view, own in nowhere.items()}
    table = call_features(nowhere, lacking[2:], tests, _PERMUTATION)
    assert SUBSPACE not in set(table.contributions["component"]), "no fold has both components"
