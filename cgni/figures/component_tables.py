"""Table 3: one row a component with the study's one p, and the folds' correlations with their controls beside it."""

from collections.abc import Sequence

import pandas as pd

from cgni.figures.cells import NOT_KNOWN, YES_NO, few, in_words, mean_sd, number, small, small_of_tail

PUBLISHED_CORRELATIONS = {
    1: ".68 / .67 / .57",
    2: ".67 / .65 / .54",
    3: ".66 / .65 / .55",
    4: ".65 / .65 / .52",
    5: ".63 / – / –",
}
_SPLITS = {"fit": "Fit people", "monitor": "Monitor", "validation": "Validation", "holdout": "Holdout"}
_COLUMNS = (
    "Component",
    "r, holdout (variates of the folds aligned and averaged)",
    "Partial r, holdout (without confounds)",
    "n, holdout",
    "p of the partial r (holdout pairing permuted, family-wise over components)",
    "Significant",
    "p of the whole analysis (pairing shuffled before the encoders)",
    "Partial r out of fold, mean over folds",
    "People a fold's sparse CCA was fitted on",
    "People needed at this partial r (Helmer 2024)",
    "Converged in all folds",
    "Principal angle between folds in degrees, imaging / genetics",
)


def table3(components: pd.DataFrame, correlations: pd.DataFrame) -> pd.DataFrame:
    """One row a component: its r, and its partial r with the study-wide p; what else speaks for or against it.

    Parameters
    ----------
    components
        `contributions.schemas.COMPONENT_TESTS`.
    correlations
        `scca.schemas.CORRELATIONS`, for how many people the folds' correlations are of.
    """
    unseen = few(correlations_of(correlations)["n"].min())
    rows = [
        (
            str(row.component),
            few(row.n) or number(row.r),
            few(row.n) or number(row.partial_r),
            str(row.n),
            few(row.n) or small(row.p),
            YES_NO[bool(row.gated)],
            unseen or _of_pipeline(row.p_pipeline, row.replicates),
            unseen or number(row.r_out_of_fold),
            str(row.n_fit),
            number(row.n_needed, ".0f"),
            YES_NO[bool(row.converged)],
            f"{number(row.angle_imaging, '.0f')} / {number(row.angle_genetics, '.0f')}",
        )
        for row in components.sort_values("component").itertuples()
    ]
    return pd.DataFrame(rows, columns=_COLUMNS) if rows else in_words(_COLUMNS, "no component has weights")


def _of_pipeline(p: float, replicates: int) -> str:
    return f"{small_of_tail(p)} ({replicates} replicates)" if replicates else NOT_KNOWN


def table3_folds(
    correlations: pd.DataFrame, null: pd.DataFrame, components: pd.DataFrame, names: Sequence[str]
) -> pd.DataFrame:
    """Canonical correlations of the folds' own models, mean ± SD over folds, beside controls that should show none.

    Folds share people, so they have no p together: that of Table 3 is the study's.

    Parameters
    ----------
    correlations
        `scca.schemas.CORRELATIONS`.
    null
        `contributions.schemas.NULL_CORRELATIONS` of all replicates: encoders trained on shuffled pairings.
    components
        `contributions.schemas.COMPONENT_TESTS`, for how far folds agree.
    names
        Of the outcome's two groups.
    """
    columns = {title: correlations_of(correlations, split=split) for split, title in _SPLITS.items()}
    controls = {
        f"Validation, {name} group": correlations_of(correlations, group=group)
        for group, name in zip(("low", "high"), names, strict=True)
    }
    controls |= {
        "Label-free encoders, validation": correlations_of(correlations, encoders="label_free"),
        "Shuffled pairs, validation": correlations_of(correlations, pairing="shuffled"),
        "Null encoders, validation": null,
    }
    agreement = components.set_index("component")
    rows = []
    for component in sorted(correlations_of(correlations)["component"].unique()):
        row = {"Component": str(component)}
        row |= {title: _over_folds(table, component) for title, table in columns.items()}
        own = columns["Validation"]
        row["Validation, partial r"] = _over_folds(own, component, "partial_r")
        row |= {title: _over_folds(table, component) for title, table in controls.items()}
        views = [number(agreement[f"agreement_{view}"].get(component)) for view in ("imaging", "genetics")]
        row["Same people's variates by two folds, r imaging / genetics"] = " / ".join(views)
        rows.append(row)
    return pd.DataFrame(rows)


def correlations_of(
    correlations: pd.DataFrame,
    encoders: str = "chosen",
    pairing: str = "true",
    split: str = "validation",
    group: str = "all",
) -> pd.DataFrame:
    """The rows of `scca.schemas.CORRELATIONS` of some encoders, pairing, split and group of the outcome."""
    return correlations[
        (correlations["encoders"] == encoders)
        & (correlations["pairing"] == pairing)
        & (correlations["split"] == split)
        & (correlations["group"] == group)
    ]


def _over_folds(table: pd.DataFrame, component: int, column: str = "r") -> str:
    own = table[table["component"] == component]
    nothing = few(own["n"].min()) if len(own) else ""
    return f"{nothing} a fold" if nothing else mean_sd(own[column])
