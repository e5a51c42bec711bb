"""Hand-made results of a small study."""

import pandas as pd

from cgni.classification.schemas import COMPARISONS, PERFORMANCE
from cgni.contrastive.terms import TERMS
from cgni.contributions.schemas import CONTRIBUTIONS
from cgni.figures.study_models import StudyModels
from cgni.scca.schemas import CORRELATIONS

PALETTE = ("#3b6fb6", "#c8553d", "#6a994e", "#8e7cc3", "#e0a030", "#5f6b7a")
LABELS = {
    "cgni_terms1": "CGNI (1)",
    "cgni_terms124": "CGNI (1)+(2)+(4)",
    "cgni_linear_terms1": "CGNI (1), linear genetic encoder",
    "imaging_cnn": "Imaging CNN",
    "confounds": "Confounds only",
}
_PUBLISHED = {"imaging_genetics": 0.7, "genetics_imaging": 0.3, "imaging_imaging": 0.2, "genetics_genetics": 0.4}
WEIGHTS = {term.key: term.weight for term in TERMS} | _PUBLISHED
_COUNTS = ("tp", "fn", "tn", "fp")


def study_models(chosen: str = "terms124", interpreted: str = "terms124") -> StudyModels:
    """Two loss subsets, an encoder pair with a linear genetic encoder, and two baselines."""
    return StudyModels(
        models=list(LABELS),
        labels=LABELS,
        encoders={"terms1": [1], "terms124": [1, 2, 4]},
        proposed={"terms1": "cgni_terms1", "terms124": "cgni_terms124"},
        chosen=chosen,
        interpreted=interpreted,
    )


def made_performance() -> pd.DataFrame:
    """The same scores for every model."""
    rows: list[tuple] = []
    for model in LABELS:
        for split in ("train", "validation", "holdout"):
            pooled = [("fold_mean", 0.65, None, None, None), ("fold_sd", 0.05, None, None, None)]
            if split != "train":
                pooled += [("balanced_accuracy", 0.64, 0.02, 0.6, 0.68), ("auc", 0.7, 0.02, 0.66, 0.74)]
                pooled += [("balanced_accuracy_matched", 0.61, 0.03, 0.55, 0.67)]
                pooled += [(name, 10.0 + number, None, None, None) for number, name in enumerate(_COUNTS)]
            rows += [(model, split, fold, "balanced_accuracy", 0.6 + 0.1 * fold, None, None, None) for fold in range(2)]
            rows += [(model, split, -1, *cells) for cells in pooled]
    return pd.DataFrame(rows, columns=PERFORMANCE.names)


def made_comparisons(model: str = "cgni_terms124") -> pd.DataFrame:
    """The proposed model against the CNN."""
    p_values = {"bootstrap_p": 0.1, "bootstrap_p_holm": 0.2, "mcnemar_p": 0.15, "mcnemar_p_holm": 0.3}
    own = {"model": model, "other": "imaging_cnn", "difference": 0.02, "low": -0.01, "high": 0.05, **p_values}
    return pd.DataFrame([{**own, "split": split} for split in ("validation", "holdout")])[COMPARISONS.names]


def made_correlations() -> pd.DataFrame:
    """One component in two folds."""
    kinds = {
        ("chosen", "true"): 0.3,
        ("chosen", "shuffled"): 0.0,
        ("label_free", "true"): 0.2,
        ("label_free", "shuffled"): 0.0,
    }
    rows = [
        (fold, 1, *kind, split, group, r + 0.1 * fold, 50, (0.04 if fold else 0.2) if r == 0.3 else None)
        for fold in range(2)
        for kind, r in kinds.items()
        for split in ("fit", "monitor", "validation", "holdout")
        for group in ("all", "low", "high")
    ]
    return pd.DataFrame(rows, columns=CORRELATIONS.names)


def _feature(view: str, feature: str, z: float, calls: tuple[bool, bool, bool], **values: float) -> dict[str, object]:
    sd, null, lead = calls
    shares = {"contribution": z / 10, "absolute": 0.6, "share": 2.0, "null_z": 3.0, "selection_frequency": 0.8}
    called = {"called_sd": sd, "called_null": null, "called": null, "lead": lead}
    direction = "increase" if z > 0 else "decrease"
    own = {"view": view, "feature": feature, "component": 1, "fold": -1, "z": z, "direction": direction}
    return {**own, **shares, **called, **values}


def made_contributions() -> pd.DataFrame:
    """Consensus of three regions and three SNPs; the rule in force is the permutation's."""
    rows = [
        _feature("imaging", "Insula_L", 3.2, (True, True, True), p=0.0004, q=0.03),
        _feature("imaging", "Insula_R", 2.9, (True, False, False), p=0.3, q=0.9),
        _feature("imaging", "Cuneus_R", -0.2, (False, False, False), p=0.5, q=0.9),
        _feature("genetics", "1:5:A:G", -3.4, (True, True, True), p=0.0001, q=0.02),
        _feature("genetics", "1:9:A:G", -1.4, (False, True, False), p=0.0009, q=0.04),
        _feature("genetics", "2:9:A:G", 0.4, (False, False, False), p=0.9, q=0.99),
    ]
    return pd.DataFrame(rows)[CONTRIBUTIONS.names]
