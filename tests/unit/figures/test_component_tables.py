"""Table 3 and the folds' correlations from hand-made results."""

import pandas as pd

from cgni.figures.component_tables import table3, table3_folds
from tests.unit.figures.made_results import made_components, made_correlations

_P = "p of the partial r (holdout pairing permuted, family-wise over components)"
_NAN = float("nan")
_WHOLE = "p of the whole analysis (pairing shuffled before the encoders)"


def test_table3_prints_the_partial_r_where_its_p_stands() -> None:
    first, second = table3(made_components(True, False), made_correlations()).to_dict("records")
    assert first["Component"] == "1" and first["r, holdout (variates of the folds aligned and averaged)"] == "0.43"
    assert first["Partial r, holdout (without confounds)"] == "0.41" and first[_P] == "0.002"
    assert first["n, holdout"] == "300" and first["People needed at this partial r (Helmer 2024)"] == "512"
    assert first["People a fold's sparse CCA was fitted on"] == "900"
    assert first[_WHOLE] == "0.016 (60 replicates)" and first["Partial r out of fold, mean over folds"] == "0.30"
    assert first["Principal angle between folds in degrees, imaging / genetics"] == "31 / 45"
    flags = ["Converged in all folds", "Significant"]
    assert [[row[name] for name in flags] for row in (first, second)] == [["yes", "yes"], ["no", "no"]]


def test_a_p_further_out_than_its_tail_was_checked_is_a_bound() -> None:
    far = made_components(True).assign(p_pipeline=2.6e-8)
    assert table3(far, made_correlations())[_WHOLE].str.fullmatch(r"< 0\.001 \(60 replicates\)").all()


def test_table3_without_replicates_or_an_estimate_has_dashes() -> None:
    unknown = made_components(False).assign(p_pipeline=_NAN, replicates=0, partial_r=_NAN, p=_NAN, n_needed=_NAN)
    row = table3(unknown, made_correlations()).iloc[0]
    assert row[_WHOLE] == "–" and row[_P] == "–"
    assert row["People needed at this partial r (Helmer 2024)"] == "–"


def test_folds_stand_beside_their_controls_and_have_no_p() -> None:
    null = pd.DataFrame({"replicate": [0, 1], "component": [1, 1], "fold": [0, 0], "r": [-0.02, 0.04], "n": 50})
    table = table3_folds(made_correlations(), null, made_components(), ("low", "high"))
    row = table.iloc[0]
    # r of the two folds is .3 and .4
    assert row["Validation"] == "0.35 ± 0.07" and row["Validation, partial r"] == "0.20 ± 0.00"
    assert row["Validation, low group"] == "0.35 ± 0.07" and row["Shuffled pairs, validation"] == "0.05 ± 0.07"
    assert row["Label-free encoders, validation"] == "0.25 ± 0.07"
    assert row["Null encoders, validation"] == "0.01 ± 0.04"
    assert row["Same people's variates by two folds, r imaging / genetics"] == "0.80 / 0.70"
    assert not [name for name in table.columns if name.startswith("p ") or "p <" in name or "edian" in name]
    without = table3_folds(made_correlations(), null.iloc[:0], made_components(), ("low", "high"))
    assert without.iloc[0]["Null encoders, validation"] == "–"
