"""Tables 1 and 2 of the publication with this run's numbers, and the short summary."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cgni.figures.interpretation_tables import called_features, true_pairs
from cgni.figures.model_names import model_label

# As printed (train / validation / holdout, balanced accuracy in percent, mean ± SD over folds).
PUBLISHED = {
    "imaging_cnn": ("81.34 ± 2.34", "75.32 ± 0.49", "87.02 ± 1.31"),
    "genetic_nn": ("59.80 ± 0.42", "59.35 ± 0.45", "59.28 ± 0.57"),
    "imaging_genetic_svm": ("95.5 ± 2.59", "65.08 ± 1.56", "65.23 ± 2.38"),
    "imaging_genetic_nn": ("87.47 ± 0.45", "87.08 ± 0.80", "87.02 ± 0.67"),
    "cgni_terms124": ("91.37 ± 0.30", "90.39 ± 0.11", "88.91 ± 0.66"),
}
PUBLISHED_HOLDOUT = {"terms1": "88.31 ± 0.31", "terms4": "88.10 ± 0.41", "terms124": "88.91 ± 0.66"}  # of Table 2
_SPLITS = ("train", "validation", "holdout")


def table1(performance: pd.DataFrame, models: Sequence[str], comparisons: pd.DataFrame) -> pd.DataFrame:
    """Models by split: balanced accuracy in percent, mean ± SD over folds, and what stands beside it.

    Intervals are those of a bootstrap over families; p-values compare with the proposed model and are
    Holm-corrected; the published numbers carry the caution of the report.
    """
    rows = []
    for model in models:
        row = {"Model": model_label(model)}
        row |= {split.capitalize(): _over_folds(performance, model, split) for split in _SPLITS}
        for split, title in (("validation", "out of fold"), ("holdout", "holdout")):
            row[f"Pooled [95 % interval], {title}"] = _interval(performance, model, split, "balanced_accuracy", 100)
            row[f"Matched subset [95 % interval], {title}"] = _interval(
                performance, model, split, "balanced_accuracy_matched", 100
            )
            row[f"AUC [95 % interval], {title}"] = _interval(performance, model, split, "auc", 1)
            row[f"TP/FN/TN/FP, {title}"] = _confusion(performance, model, split)
            row[f"Proposed minus this, {title}"], row[f"Bootstrap p, McNemar p (Holm), {title}"] = _comparison(
                comparisons, model, split
            )
        row["Published (train / validation / holdout)"] = " / ".join(PUBLISHED.get(model, ("–",)))
        rows.append(row)
    return pd.DataFrame(rows)


def table2(performance: pd.DataFrame, terms: Sequence[str], weights: Mapping[str, float], chosen: str) -> pd.DataFrame:
    """Loss subsets; the holdout column is descriptive, nothing was chosen by it."""
    names = {"1": ("(1) λ", "vg"), "2": ("(2) σ", "gv"), "3": ("(3) γ", "vv"), "4": ("(4) θ", "gg")}
    rows = []
    for subset in terms:
        digits = subset.removeprefix("terms")
        row = {}
        for digit, (title, key) in names.items():
            weight = 1.0 if len(digits) == 1 else weights[key]
            row[title] = f"{weight:g}" if digit in digits else ""
        model = f"cgni_{subset}"
        row |= {
            "Train": _over_folds(performance, model, "train"),
            "Validation": _over_folds(performance, model, "validation"),
        }
        row["Holdout (descriptive)"] = _over_folds(performance, model, "holdout")
        row["Out of fold [95 % interval]"] = _interval(performance, model, "validation", "balanced_accuracy", 100)
        row["Matched subset, out of fold"] = _interval(
            performance, model, "validation", "balanced_accuracy_matched", 100
        )
        row["AUC, out of fold"] = _interval(performance, model, "validation", "auc", 1)
        row["TP/FN/TN/FP, out of fold"] = _confusion(performance, model, "validation")
        row["Published holdout"] = PUBLISHED_HOLDOUT.get(subset, "–")
        row["Chosen"] = "yes" if subset == chosen else ""
        rows.append(row)
    return pd.DataFrame(rows)


def summary(
    performance: pd.DataFrame,
    models: Sequence[str],
    chosen: str,
    interpreted: str,
    correlations: pd.DataFrame,
    contributions: pd.DataFrame,
    terms: pd.DataFrame,
    recovery: pd.DataFrame | None,
) -> pd.DataFrame:
    """The few numbers to look at first: quantity, value, note."""
    rows = [
        ("chosen loss terms", _terms_text(chosen), "by validation scores"),
        ("interpreted loss terms", _terms_text(interpreted), "the best with (1) or (2)"),
    ]
    for model in models:
        out, held = _pooled(performance, model, "validation"), _pooled(performance, model, "holdout")
        note = "selected on these folds" if model == f"cgni_{chosen}" else ""
        rows.append((f"balanced accuracy %, {model_label(model)}", f"{out} out of fold, {held} holdout", note))
    pairs = true_pairs(correlations)
    unseen = pairs[(pairs["split"] == "validation") & (pairs["group"] == "all")]
    first = unseen[unseen["component"] == 1]
    text = f"{first['r'].mean():.2f} (p < .05 in {(first['p'] < 0.05).sum()} of {len(first)} folds)"
    rows.append(("first canonical correlation, unseen people", text, ""))
    for modality, name in (("region", "regions"), ("snp", "SNPs")):
        own = contributions[(contributions["modality"] == modality) & (contributions["fold"] == -1)]
        by_sd = own.loc[own["called_sd"], "feature"].nunique()
        called = called_features(contributions, modality)["feature"].nunique()
        rows.append((f"called {name}", str(called), f"{by_sd} by the published SD rule"))
    own = terms[(terms["component"] == -1) & terms["primary"]].sort_values("p") if len(terms) else terms
    top = f"{own.iloc[0]['term']} (p {own.iloc[0]['p']:.2g})" if len(own) else "none"
    rows.append(("first GO term", top, "unadjusted p"))
    if recovery is not None:
        chosen_rows = recovery[recovery["who"].isin(["oracle", "pipeline"])]
        rows += [
            (
                f"{row.who}: {row.quantity}",
                "–" if np.isnan(row.value) else f"{row.value:.2f}".replace(".00", ""),
                row.note,
            )
            for row in chosen_rows.itertuples()
        ]
    return pd.DataFrame(rows, columns=["quantity", "value", "note"])


def _terms_text(terms: str) -> str:
    return "+".join(f"({digit})" for digit in terms.removeprefix("terms"))


def _value(performance: pd.DataFrame, model: str, split: str, metric: str, column: str = "value") -> float:
    chosen = performance[
        (performance["model"] == model) & (performance["split"] == split) & (performance["metric"] == metric)
        & (performance["fold"] == -1)
    ]  # fmt: skip
    return float(chosen[column].iloc[0])


def _over_folds(performance: pd.DataFrame, model: str, split: str) -> str:
    mean, sd = (_value(performance, model, split, name) for name in ("fold_mean", "fold_sd"))
    return f"{100 * mean:.2f} ± {100 * sd:.2f}"


def _pooled(performance: pd.DataFrame, model: str, split: str) -> str:
    value = _value(performance, model, split, "balanced_accuracy")
    return f"{100 * value:.1f} ± {100 * _value(performance, model, split, 'balanced_accuracy', 'se'):.1f}"


def _interval(performance: pd.DataFrame, model: str, split: str, metric: str, scale: int) -> str:
    value, low, high = (
        scale * _value(performance, model, split, metric, column) for column in ("value", "low", "high")
    )
    if np.isnan(value):
        return "–"
    digits = 1 if scale == 100 else 3
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def _confusion(performance: pd.DataFrame, model: str, split: str) -> str:
    return " / ".join(f"{_value(performance, model, split, name):.0f}" for name in ("tp", "fn", "tn", "fp"))


def _comparison(comparisons: pd.DataFrame, model: str, split: str) -> tuple[str, str]:
    """Difference with its interval, and both p-values; dashes for the proposed model itself."""
    chosen = comparisons[(comparisons["other"] == model) & (comparisons["split"] == split)]
    if chosen.empty:
        return "–", "–"
    own = chosen.iloc[0]
    difference = f"{100 * own['difference']:+.1f} [{100 * own['low']:+.1f}, {100 * own['high']:+.1f}]"
    return difference, f"{own['bootstrap_p_holm']:.3g}, {own['mcnemar_p_holm']:.3g}"
