"""Tables 3-5 of the publication with this run's numbers, and how well the null is calibrated."""

import pandas as pd

from cgni.base.views import FEATURE, FEATURES, GENETICS, IMAGING, VIEWS
from cgni.contributions.called import called_features, consensus
from cgni.figures.cells import NOT_KNOWN

PUBLISHED_CORRELATIONS = {
    1: ".68 / .67 / .57",
    2: ".67 / .65 / .54",
    3: ".66 / .65 / .55",
    4: ".65 / .65 / .52",
    5: ".63 / – / –",
}
_SPLITS = {"fit": "Fit people", "monitor": "Monitor", "validation": "Validation", "holdout": "Holdout"}
_RULES = {"called_sd": "published SD rule", "called_null": "permutation null"}
_YES = {True: "yes", False: "no"}


def correlations_of(
    correlations: pd.DataFrame,
    encoders: str = "chosen",
    pairing: str = "true",
    split: str = "validation",
    group: str = "all",
) -> pd.DataFrame:
    """The rows of `scca.schemas.CORRELATIONS` of some encoders, pairing, split and WM group."""
    return correlations[
        (correlations["encoders"] == encoders)
        & (correlations["pairing"] == pairing)
        & (correlations["split"] == split)
        & (correlations["group"] == group)
    ]


def table3(correlations: pd.DataFrame, null: pd.DataFrame) -> pd.DataFrame:
    """Canonical correlations per component, mean ± SD over folds; p in unseen people, median over folds.

    Parameters
    ----------
    correlations
        `scca.schemas.CORRELATIONS`.
    null
        `contributions.schemas.NULL_CORRELATIONS` of all replicates: encoders trained on shuffled pairings.
    """
    columns = {title: correlations_of(correlations, split=split) for split, title in _SPLITS.items()}
    unseen = columns["Validation"]
    groups = {group: correlations_of(correlations, group=group) for group in ("low", "high")}
    controls = {f"Validation, {group} WM": table for group, table in groups.items()} | {
        "Label-free encoders, validation": correlations_of(correlations, encoders="label_free"),
        "Shuffled pairs, validation": correlations_of(correlations, pairing="shuffled"),
        "Null encoders, validation": null,
    }
    rows = []
    for component in sorted(correlations_of(correlations)["component"].unique()):
        row: dict[str, object] = {"Component": component}
        row |= {title: _over_folds(table, component) for title, table in columns.items()}
        p = unseen.loc[unseen["component"] == component, "p"]
        row["p (median over folds)"] = f"{p.median():.3g}"
        row["Folds with p < .05"] = f"{int((p < 0.05).sum())} of {len(p)}"
        row |= {title: _over_folds(table, component) for title, table in controls.items()}
        row["Published (train / validation / holdout)"] = PUBLISHED_CORRELATIONS.get(int(component), NOT_KNOWN)
        rows.append(row)
    return pd.DataFrame(rows)


def table4(contributions: pd.DataFrame, snp_genes: pd.DataFrame, rsids: pd.Series) -> pd.DataFrame:
    """Genes of the called SNPs per component; a SNP of two genes stands under both.

    Parameters
    ----------
    contributions
        `contributions.schemas.CONTRIBUTIONS`.
    snp_genes
        variant_id and symbol, one row a pair.
    rsids
        rs number by variant id.
    """
    called = called_features(contributions, GENETICS).merge(snp_genes, left_on="feature", right_on="variant_id")
    called["rsid"] = called["feature"].map(rsids)
    rows = {
        (component, symbol): (
            ", ".join(part["rsid"]),
            int(part["lead"].sum()),
            f"{part['z'].abs().max():.1f}",
            _small(part["p"].min()),
            _small(part["q"].min()),
            _YES[bool(part["called_sd"].any())],
            "/".join(sorted(part["direction"].unique())),
            f"{part['selection_frequency'].max():.0%}",
        )
        for (component, symbol), part in called.groupby(["component", "symbol"])
    }
    names = [
        *("Component", "Gene", "SNPs", "SNPs, linkage collapsed", "Largest |z|", "p (null)", "q (null)"),
        *("Published rule", "Counted allele with better WM", "Selected in folds"),
    ]
    return pd.DataFrame([(*gene, *cells) for gene, cells in rows.items()], columns=names)


def table5(contributions: pd.DataFrame) -> pd.DataFrame:
    """Called regions per component with the direction of gray matter.

    `contributions`: `contributions.schemas.CONTRIBUTIONS`.
    """
    called = called_features(contributions, IMAGING).sort_values(["component", "share"], ascending=[True, False])
    return pd.DataFrame(
        {
            "Component": called["component"].to_numpy(),
            "Region": called["feature"].str.replace("_", " ").to_numpy(),
            "Gray matter with better WM": called["direction"].to_numpy(),
            "z": called["z"].map("{:+.1f}".format).to_numpy(),
            "p (null)": called["p"].map(_small).to_numpy(),
            "q (null)": called["q"].map(_small).to_numpy(),
            "Published rule": called["called_sd"].map(_YES).to_numpy(),
            "Selected in folds": called["selection_frequency"].map("{:.0%}".format).to_numpy(),
        }
    )


def rules_table(contributions: pd.DataFrame, calibration: pd.DataFrame) -> pd.DataFrame:
    """What both rules call, features counted once over components, and how the null judges itself.

    Parameters
    ----------
    contributions, calibration
        `contributions.schemas.CONTRIBUTIONS` and `CALIBRATION`.
    """
    rows = []
    for view in VIEWS:
        own = consensus(contributions, view)
        tested = f"of {own['feature'].nunique()}"
        for column, rule in _RULES.items():
            rows.append((f"{FEATURES[view]} called by the {rule}", str(_distinct(own, column)), tested))
        if view == GENETICS:
            leads = str(_distinct(own, "lead"))
            rows.append(("SNPs called by the rule in force, linkage collapsed", leads, tested))
    for row in calibration.itertuples():
        rows.append((f"{FEATURE[row.view]}: {row.quantity}", f"{row.value:.3f}", f"expected {row.expected}"))
    return pd.DataFrame(rows, columns=["quantity", "value", "note"])


def _distinct(contributions: pd.DataFrame, column: str) -> int:
    """Features for which a column of truth values holds in any component."""
    return int(contributions.loc[contributions[column], "feature"].nunique())


def _over_folds(table: pd.DataFrame, component: int) -> str:
    """Mean ± SD of r; a dash where there is none."""
    r = table.loc[table["component"] == component, "r"]
    return f"{r.mean():.2f} ± {r.std(ddof=1):.2f}" if r.notna().any() else NOT_KNOWN


def _small(p: float) -> str:
    return NOT_KNOWN if pd.isna(p) else f"{p:.2g}"
