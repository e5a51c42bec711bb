"""Tables 3-5 of the publication with this run's numbers, and how well the null is calibrated."""

import pandas as pd

PUBLISHED_CORRELATIONS = {
    1: ".68 / .67 / .57",
    2: ".67 / .65 / .54",
    3: ".66 / .65 / .55",
    4: ".65 / .65 / .52",
    5: ".63 / – / –",
}
_SPLITS = {"fit": "Fit people", "monitor": "Monitor", "validation": "Validation", "holdout": "Holdout"}


def true_pairs(correlations: pd.DataFrame, encoders: str = "chosen", pairing: str = "true") -> pd.DataFrame:
    """The rows of `schemas.CORRELATIONS` of some encoders and pairing."""
    return correlations[(correlations["encoders"] == encoders) & (correlations["pairing"] == pairing)]


def table3(correlations: pd.DataFrame, null: pd.DataFrame) -> pd.DataFrame:
    """Canonical correlations per component, mean ± SD over folds; p in unseen people, median over folds.

    Parameters
    ----------
    null
        `schemas.NULL_CORRELATIONS` of all replicates: encoders trained on shuffled pairings.
    """
    own, shuffled = true_pairs(correlations), true_pairs(correlations, pairing="shuffled")
    label_free, rows = true_pairs(correlations, "label_free"), []
    for component, part in own.groupby("component"):
        row: dict[str, object] = {"Component": component}
        for split, title in _SPLITS.items():
            row[title] = _mean_sd(_chosen(part, split, "all")["r"])
        p = _chosen(part, "validation", "all")["p"]
        row["p (median over folds)"] = f"{p.median():.3g}"
        row["Folds with p < .05"] = f"{int((p < 0.05).sum())} of {len(p)}"
        for group in ("low", "high"):
            row[f"Validation, {group} WM"] = _mean_sd(_chosen(part, "validation", group)["r"])
        same = label_free[label_free["component"] == component]
        row["Label-free encoders, validation"] = _mean_sd(_chosen(same, "validation", "all")["r"])
        same = shuffled[shuffled["component"] == component]
        row["Shuffled pairs, validation"] = _mean_sd(_chosen(same, "validation", "all")["r"])
        row["Null encoders, validation"] = _mean_sd(null.loc[null["component"] == component, "r"])
        row["Published (train / validation / holdout)"] = PUBLISHED_CORRELATIONS.get(int(component), "–")
        rows.append(row)
    return pd.DataFrame(rows)


def table4(contributions: pd.DataFrame, snp_genes: pd.DataFrame, rsids: pd.Series) -> pd.DataFrame:
    """Genes of the called SNPs per component; a SNP of two genes stands under both."""
    called = called_features(contributions, "snp").merge(snp_genes, left_on="feature", right_on="variant_id")
    called["rsid"] = called["feature"].map(rsids)
    rows = [
        {
            "Component": component,
            "Gene": symbol,
            "SNPs": ", ".join(part["rsid"]),
            "SNPs, linkage collapsed": int(part["lead"].sum()),
            "Largest |z|": f"{part['z'].abs().max():.1f}",
            "p (null)": _small(part["p"].min()),
            "q (null)": _small(part["q"].min()),
            "Published rule": "yes" if part["called_sd"].any() else "no",
            "Counted allele with better WM": "/".join(sorted(part["direction"].unique())),
            "Selected in folds": f"{part['selection_frequency'].max():.0%}",
        }
        for (component, symbol), part in called.groupby(["component", "symbol"])
    ]
    names = ["Component", "Gene", "SNPs", "SNPs, linkage collapsed", "Largest |z|", "p (null)", "q (null)",
             "Published rule", "Counted allele with better WM", "Selected in folds"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def table5(contributions: pd.DataFrame) -> pd.DataFrame:
    """Called regions per component with the direction of gray matter."""
    called = called_features(contributions, "region").sort_values(["component", "share"], ascending=[True, False])
    return pd.DataFrame(
        {
            "Component": called["component"].to_numpy(),
            "Region": called["feature"].str.replace("_", " ").to_numpy(),
            "Gray matter with better WM": called["direction"].to_numpy(),
            "z": called["z"].map("{:+.1f}".format).to_numpy(),
            "p (null)": called["p"].map(_small).to_numpy(),
            "q (null)": called["q"].map(_small).to_numpy(),
            "Published rule": called["called_sd"].map({True: "yes", False: "no"}).to_numpy(),
            "Selected in folds": called["selection_frequency"].map("{:.0%}".format).to_numpy(),
        }
    )


def rules_table(contributions: pd.DataFrame, calibration: pd.DataFrame) -> pd.DataFrame:
    """What both rules call, features counted once over components, and how the null judges itself."""
    rows = []
    for modality, name in (("region", "regions"), ("snp", "SNPs")):
        own = contributions[(contributions["modality"] == modality) & (contributions["fold"] == -1)]
        tested = own["feature"].nunique()
        for column, rule in (("called_sd", "published SD rule"), ("called_null", "permutation null")):
            called = own.loc[own[column], "feature"].nunique()
            rows.append((f"{name} called by the {rule}", str(called), f"of {tested}"))
        if modality == "snp":
            leads = own.loc[own["lead"], "feature"].nunique()
            rows.append(("SNPs called by the rule in force, linkage collapsed", str(leads), f"of {tested}"))
    for row in calibration.itertuples():
        rows.append((f"{row.modality}: {row.quantity}", f"{row.value:.3f}", f"expected {row.expected}"))
    return pd.DataFrame(rows, columns=["quantity", "value", "note"])


def called_features(contributions: pd.DataFrame, modality: str) -> pd.DataFrame:
    """Consensus rows of a modality called by the rule in force."""
    return contributions[
        (contributions["modality"] == modality) & (contributions["fold"] == -1) & contributions["called"]
    ]


def _chosen(part: pd.DataFrame, split: str, group: str) -> pd.DataFrame:
    return part[(part["split"] == split) & (part["group"] == group)]


def _mean_sd(values: pd.Series) -> str:
    return f"{values.mean():.2f} ± {values.std(ddof=1):.2f}" if values.notna().any() else "–"


def _small(p: float) -> str:
    return "–" if pd.isna(p) else f"{p:.2g}"
