"""Which regions and SNPs are called: the published rule by hand, the permutation null beside it, linked SNPs once."""

import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import write_table
from cgni.base.views import GENETICS, IMAGING
from cgni.contributions.calls import (
    calibration_rows,
    call_features,
    judge,
    lead_snps,
    null_array,
    summarise,
)
from cgni.contributions.schemas import CALIBRATION, CONTRIBUTIONS
from cgni.contributions.settings import ContributionSettings


def _rows(fold: int, features: list[str], values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "fold": fold,
            "component": 1,
            "feature": features,
            "contribution": values,
            "absolute": np.abs(values),
            "correlation": np.sign(values),
        }
    )


def test_contributions_call_by_the_published_rule() -> None:
    features = [f"r{n}" for n in range(30)]
    values = np.r_[10.0, np.tile([0.1, -0.1], 15)[:29]]
    table = summarise(pd.concat([_rows(fold, features, values * (fold + 1)) for fold in range(2)]), 2.5)
    consensus = table[table["fold"] == -1].set_index("feature")
    assert consensus.index[consensus["called_sd"]].tolist() == ["r0"]
    # z by hand: values 10, then 15 x .1 and 14 x -.1
    assert consensus.loc["r0", "z"] == pytest.approx((10 - values.mean()) / values.std())
    assert consensus.loc["r0", "direction"] == "increase"


def _contribution_rows(
    rng: np.random.Generator, features: list[str], raised: str | None, folds: int = 3
) -> pd.DataFrame:
    parts = []
    for fold in range(folds):
        values = rng.normal(0, 1, len(features))
        values[features.index(raised) if raised else slice(0, 0)] = 8.0
        parts.append(_rows(fold, features, values))
    return pd.concat(parts)


@pytest.mark.parametrize("rule", ["sd", "permutation"])
def test_both_rules_stand_side_by_side(rule: str) -> None:
    rng, features = np.random.default_rng(4), [f"r{n:02d}" for n in range(40)]
    summary = summarise(_contribution_rows(rng, features, "r07"), 2.5)
    null = pd.concat(
        [summarise(_contribution_rows(rng, features, None), 2.5).assign(replicate=number) for number in range(40)]
    )
    table = judge(summary, null, rule, 0.05)
    consensus = table[table["fold"] == -1].set_index("feature")
    assert consensus.index[consensus["called_null"]].tolist() == ["r07"]
    assert consensus.loc["r07", "selection_frequency"] == 1.0 and consensus.loc["r07", "q"] < 0.05
    assert (table["called"] == table["called_sd" if rule == "sd" else "called_null"]).all()
    assert null_array(null[null["fold"] == -1], features).shape == (40, 40, 1)
    rows = {row[1]: row[2] for row in calibration_rows(null, IMAGING, 2.5, 0.05)}
    assert 0.02 <= rows["share of null features with p < .05"] <= 0.08
    assert rows["features called in a null replicate by permutation, mean"] < 0.2


def test_without_null_replicates_only_the_published_rule_calls() -> None:
    rng, features = np.random.default_rng(5), [f"r{n:02d}" for n in range(40)]
    empty = pd.DataFrame(columns=["replicate", "component", "fold", "feature", "share"])
    table = judge(summarise(_contribution_rows(rng, features, "r07"), 2.5), empty, "sd", 0.05)
    assert table["p"].isna().all() and not table["called_null"].any() and table["called"].any()


def test_linked_snps_count_once() -> None:
    rng = np.random.default_rng(6)
    counts = rng.integers(0, 3, (300, 4)).astype(float)
    counts[:, 1] = np.where(rng.random(300) < 0.9, counts[:, 0], counts[:, 1])
    called = pd.DataFrame({"feature": ["a", "b", "d"], "share": [2.0, 3.0, 1.0]})
    assert lead_snps(called, counts, ["a", "b", "c", "d"], 0.2) == {"b", "d"}
    assert lead_snps(called.iloc[:0], counts, ["a", "b", "c", "d"], 0.2) == set()


def _study(rng: np.random.Generator) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Twenty regions with a strong one, twenty SNPs of which two linked ones are strong."""
    snps = [f"s{number:02d}" for number in range(20)]
    genotypes = pd.DataFrame(rng.integers(0, 3, (200, 20)).astype(float), columns=snps)
    genotypes["s05"] = genotypes["s04"]
    genotypes.loc[3, "s07"] = np.nan
    genotypes.insert(0, "participant_id", [f"p{number}" for number in range(200)])
    occlusion = {
        IMAGING: _contribution_rows(rng, [f"r{number:02d}" for number in range(20)], "r07"),
        GENETICS: _contribution_rows(rng, snps, "s04"),
    }
    strong = occlusion[GENETICS]["feature"] == "s05"
    occlusion[GENETICS].loc[strong, ["contribution", "absolute"]] = 7.0
    return occlusion, genotypes


def test_calls_of_both_views_stand_in_one_table(tmp_path) -> None:
    occlusion, genotypes = _study(np.random.default_rng(7))
    settings = ContributionSettings(sd={IMAGING: 2.5, GENETICS: 2.0}, rule="sd")
    found = call_features(occlusion, [], genotypes, settings)
    table = found.contributions
    assert table["view"].unique().tolist() == [IMAGING, GENETICS], "regions first"
    consensus = table[table["fold"] == -1]
    called = {view: sorted(own.loc[own["called"], "feature"]) for view, own in consensus.groupby("view")}
    assert called == {IMAGING: ["r07"], GENETICS: ["s04", "s05"]}
    assert sorted(consensus.loc[consensus["lead"], "feature"]) == ["r07", "s04"], "s05 is linked to s04"
    assert found.calibration.empty and table["p"].isna().all()
    write_table(table, tmp_path / "contributions.parquet", CONTRIBUTIONS, {})
    write_table(found.calibration, tmp_path / "calibration.parquet", CALIBRATION, {})


def test_each_view_is_judged_by_its_own_null_and_threshold() -> None:
    rng = np.random.default_rng(8)
    occlusion, genotypes = _study(rng)
    null = []
    for replicate in range(24):
        for view, own in occlusion.items():
            rows = _contribution_rows(rng, sorted(own["feature"].unique()), None)
            shares = summarise(rows, np.inf)[["component", "fold", "feature", "share", "z"]]
            null.append(shares.assign(view=view, replicate=replicate))
    settings = ContributionSettings(sd={IMAGING: 2.5, GENETICS: 100.0}, rule="permutation")
    found = call_features(occlusion, null, genotypes, settings)
    consensus = found.contributions[found.contributions["fold"] == -1].set_index("feature")
    assert consensus.index[consensus["called"]].tolist() == ["r07", "s04", "s05"]
    assert consensus.index[consensus["called_sd"]].tolist() == ["r07"]
    assert found.calibration["view"].tolist() == [IMAGING] * 4 + [GENETICS] * 4
