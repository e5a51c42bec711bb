"""Hand-made results of a small study."""

import re
from pathlib import Path

import pandas as pd

from cgni.audit.schemas import BRAIN_AGE, CONFOUND_SHARES
from cgni.classification.schemas import CALIBRATION, COMPARISONS, INCREMENTS, PERFORMANCE, STRATA
from cgni.contrastive.terms import TERMS
from cgni.contributions.schemas import COMPONENT_TESTS, CONTRIBUTIONS
from cgni.contributions.schemas_claims import BLOCKS, CREDIBLE, DIRECTIONS, PUBLISHED
from cgni.figures.study_models import StudyModels
from cgni.scca.schemas import CORRELATIONS

PALETTE = ("#1f4e8c", "#e6862e", "#5a9b4e", "#8e6bb0", "#3aa6a0", "#5f6b7a")
LABELS = {
    "cgni_terms1": "CGNI (1)",
    "cgni_terms124": "CGNI (1)+(2)+(4)",
    "cgni_linear_terms1": "CGNI (1), linear genetic encoder",
    "imaging_cnn": "Imaging CNN",
    "confounds": "Confounds only",
}
_PUBLISHED = {"imaging_genetics": 0.7, "genetics_imaging": 0.3, "imaging_imaging": 0.2, "genetics_genetics": 0.4}
_WEIGHTS = {term.key: term.weight for term in TERMS} | _PUBLISHED
# those of the second subset are a search's
WEIGHTS = {"terms1": _WEIGHTS, "terms124": {**_WEIGHTS, "genetics_genetics": 0.6}}
_NAN = float("nan")
RSIDS = pd.Series({"1:5:A:G": "rs5", "1:9:A:G": "rs9", "2:9:A:G": None})
VARIANTS = pd.DataFrame(
    {
        "variant_id": RSIDS.index,
        "rsid": RSIDS.to_numpy(),
        "chrom": ["1", "1", "2"],
        "pos": [5, 9, 9],
        "counted_allele": ["A", "G", "A"],
        "maf": [0.25, 0.4, float("nan")],
    }
)
_COUNTS = ("tp", "fn", "tn", "fp")


def declared_tables() -> set[str]:
    """Names of the tables in rules/figures.smk."""
    rules = (Path(__file__).resolve().parents[3] / "rules/figures.smk").read_text()
    declared = re.search(r"^TABLES = \[(.*?)^\]", rules, flags=re.DOTALL | re.MULTILINE)
    assert declared is not None
    numbered = {f"table{number}" for number in range(1, 6)}
    details = re.search(r"^DETAILS = \[(.*?)^\]", rules, flags=re.DOTALL | re.MULTILINE)
    assert details is not None
    behind = numbered | set(re.findall(r'^    "(\w+)",$', details[1], re.MULTILINE))
    own = numbered | set(re.findall(r'^    "(\w+)",$', declared[1], re.MULTILINE))
    return own | {f"{name}_details" for name in behind}


def study_models(chosen: str = "terms124", interpreted: str = "terms124") -> StudyModels:
    """Two loss subsets, an encoder pair with a linear genetic encoder, and two baselines."""
    return StudyModels(
        models=list(LABELS),
        labels=LABELS,
        encoders={"terms1": [1], "terms124": [1, 2, 4]},
        proposed={"terms1": "cgni_terms1", "terms124": "cgni_terms124"},
        encoders_of={"cgni_terms1": "terms1", "cgni_terms124": "terms124"},
        chosen=chosen,
        interpreted=interpreted,
    )


def made_performance() -> pd.DataFrame:
    """The same scores for every model; those of validation people of the proposed models are selected."""
    rows: list[tuple] = []
    for model in LABELS:
        for split in ("train", "validation", "holdout"):
            pooled = [("fold_mean", 0.65, None, None, None), ("fold_sd", 0.05, None, None, None)]
            if split != "train":
                pooled += [("balanced_accuracy", 0.64, 0.02, 0.6, 0.68), ("auc", 0.7, 0.02, 0.66, 0.74)]
                pooled += [("balanced_accuracy_matched", 0.61, 0.03, 0.55, 0.67)]
                pooled += [("matched_people", 40, None, None, None)]
                pooled += [(name, 10.0 + number, None, None, None) for number, name in enumerate(_COUNTS)]
            rows += [(model, split, fold, "balanced_accuracy", 0.6 + 0.1 * fold, None, None, None) for fold in range(2)]
            rows += [(model, split, fold, name, 6.0, None, None, None) for fold in range(2) for name in _COUNTS]
            rows += [(model, split, -1, *cells) for cells in pooled]
    table = pd.DataFrame(rows, columns=[name for name in PERFORMANCE.names if name != "selected"])
    return table.assign(selected=table["model"].str.fullmatch(r"cgni_terms\d+") & (table["split"] == "validation"))


def made_comparisons(model: str = "cgni_terms124") -> pd.DataFrame:
    """The proposed model against the CNN."""
    p_values = {"bootstrap_p": 0.1, "bootstrap_p_holm": 0.2, "mcnemar_p": 0.15, "mcnemar_p_holm": 0.3}
    p_values |= {"permutation_p": 0.12, "permutation_p_holm": 0.24}
    own = {"model": model, "other": "imaging_cnn", "group": "table1", "difference": 0.02, "low": -0.01, "high": 0.05}
    own |= p_values
    return pd.DataFrame([{**own, "split": split} for split in ("validation", "holdout")])[COMPARISONS.names]


def made_increments() -> pd.DataFrame:
    """The same gain for every model; none could be fitted for the linear one."""
    rows = []
    for model in LABELS:
        gain = (None,) * 6 if "linear" in model else (0.6, 0.65, 0.05, 0.02, 0.01, 0.09)
        rows += [(model, split, 100, *gain, True) for split in ("validation", "holdout")]
    return pd.DataFrame(rows, columns=INCREMENTS.names)


def made_correlations() -> pd.DataFrame:
    """One component in two folds."""
    kinds = {
        ("chosen", "true"): 0.3,
        ("chosen", "shuffled"): 0.0,
        ("label_free", "true"): 0.2,
        ("label_free", "shuffled"): 0.0,
    }
    rows = [
        (fold, 1, *kind, split, group, r + 0.1 * fold, 50, *((r - 0.1, 0.2) if r == 0.3 else (None, None)))
        for fold in range(2)
        for kind, r in kinds.items()
        for split in ("fit", "monitor", "validation", "holdout")
        for group in ("all", "low", "high")
    ]
    return pd.DataFrame(rows, columns=CORRELATIONS.names)


def _feature(view: str, feature: str, z: float, calls: tuple[bool, bool], **values: object) -> dict[str, object]:
    sd, null = calls
    shares = {"contribution": z / 10, "absolute": 0.6, "share": 2.0, "null_z": 3.0, "stability": 0.8}
    called: dict[str, object] = {"called_sd": sd, "called_null": null, "called": null}
    direction = "increase" if z > 0 else "decrease"
    own = {"view": view, "feature": feature, "component": 1, "fold": -1, "z": z, "direction": direction}
    return {**own, **shares, **called, **values}


def made_contributions() -> pd.DataFrame:
    """Consensus of three regions and three SNPs; the rule in force is the permutation's."""
    rows = [
        _feature("imaging", "Insula_L", 3.2, (True, True), p=0.0004, q=0.03),
        _feature("imaging", "Insula_R", 2.9, (True, False), p=0.3, q=0.9),
        _feature("imaging", "Cuneus_R", -0.2, (False, False), p=0.5, q=0.9),
        _feature("genetics", "1:5:A:G", -3.4, (True, True), p=0.0001, q=0.02),
        _feature("genetics", "1:9:A:G", -1.4, (False, True), p=0.0009, q=0.04),
        _feature("genetics", "2:9:A:G", 0.4, (False, False), p=0.9, q=0.99),
    ]
    return pd.DataFrame(rows)[CONTRIBUTIONS.names]


def nothing_gated() -> pd.DataFrame:
    """What the permutation rule makes of contributions where no component is significant."""
    nothing = {"called": False, "called_null": False, "q": _NAN}
    return made_contributions().assign(**nothing)


def by_published_rule() -> pd.DataFrame:
    """The contributions of a study that calls by the published rule and has no null."""
    table = made_contributions().assign(p=_NAN, q=_NAN, null_z=_NAN, called_null=False)
    return table.assign(called=table["called_sd"])


def with_subspace() -> pd.DataFrame:
    """The contributions with component 0: two SNPs and a region are called, each one in component 1 or in none."""
    whole = {"component": 0, "contribution": _NAN, "absolute": _NAN, "called_sd": False}
    rows = [
        _feature("imaging", "Insula_L", 0.0, (False, True), p=0.001, q=0.01),
        _feature("imaging", "Insula_R", 0.0, (False, True), p=0.002, q=0.02),
        _feature("genetics", "1:5:A:G", 0.0, (False, True), p=0.001, q=0.01),
        _feature("genetics", "2:9:A:G", 0.0, (False, True), p=0.002, q=0.03),
    ]
    table = pd.DataFrame([{**row, **whole, "z": _NAN, "direction": "none"} for row in rows])
    return pd.concat([made_contributions(), table[CONTRIBUTIONS.names]], ignore_index=True)


def made_components(*gated: bool) -> pd.DataFrame:
    """A component for each argument, significant or not; the first by default."""
    rows = [
        (number, 0.43, 0.41, 300, 0.002 if own else 0.4, 0.3, 512.4, 900, 5, own, 31.2, 44.7, 0.8, 0.7, 0.016, 60, own)
        for number, own in enumerate(gated or (True,), start=1)
    ]
    return pd.DataFrame(rows, columns=COMPONENT_TESTS.names)


def made_blocks() -> pd.DataFrame:
    """A called block of two SNPs, and one that is not called, both of component 1."""
    both = "1:5:A:G;1:9:A:G"
    rows = [
        (1, "1_1", "1", 5, 9, "1:5:A:G", 2, both, both, "FYN;MAPT", True, 0.2, 1e-5, 2e-5, 1e-5, True),
        (1, "2_1", "2", 9, 9, "2:9:A:G", 1, "2:9:A:G", "", "STAU1", False, 0.01, 0.8, 0.8, _NAN, False),
    ]
    return pd.DataFrame(rows, columns=BLOCKS.names)


def made_credible() -> pd.DataFrame:
    """Both SNPs of the called block are in its one set."""
    rows = [(1, "1_1", 1, "1:5:A:G", 0.9, 0.8, True), (1, "1_1", 1, "1:9:A:G", 0.06, 0.8, False)]
    return pd.DataFrame(rows, columns=CREDIBLE.names)


def made_directions() -> pd.DataFrame:
    """One estimate of each kind that tables show, in both groups of people but for the region."""
    kinds = {
        "variate_outcome": (1, "imaging", "outcome", 1, None),
        "allele_outcome": (None, "1:5:A:G", "outcome", 1, None),
        "region_outcome": (None, "Insula_L", "outcome", 1, None),
        "gene_region": (None, "MAPT", "called regions", 4, 1),
    }
    found = (-0.12, 0.03, -0.18, -0.06, 1e-4, 2e-4, "decrease")
    rows = [
        (kind, component, feature, target, people, 400, pairs, positive, *found)
        for kind, (component, feature, target, pairs, positive) in kinds.items()
        for people in ("out_of_fold", "holdout")
        if (kind, people) != ("region_outcome", "holdout")
    ]
    table = pd.DataFrame(rows, columns=DIRECTIONS.names)
    return table.astype({"component": "Int8", "positive": "Int64"})


def made_published() -> pd.DataFrame:
    """One gene that is called, one that is not; no region is tested."""
    rows = [
        ("gene", "MAPT", True, True, "decrease", "decrease", True, *(None,) * 5),
        ("gene", "STAU1", True, False, None, "increase", None, *(None,) * 5),
        ("gene", "ALL", True, True, None, None, None, 3, 2, 2, 1, 0.9),
        ("region", "Insula_L", False, False, None, "decrease", None, *(None,) * 5),
        ("region", "ALL", False, False, None, None, None, 0, 0, 0, 0, None),
    ]
    return pd.DataFrame(rows, columns=PUBLISHED.names)


def made_strata() -> pd.DataFrame:
    """The largest ancestry in both splits; people of others are in the validation parts alone, of one group."""
    rows = []
    for model in LABELS:
        for metric, scores in {"balanced_accuracy": (0.6, 0.5, 0.7), "auc": (0.65, 0.55, 0.75)}.items():
            own = ("ancestry", "largest", 90, 40, metric, *scores)
            rows += [(model, split, *own) for split in ("validation", "holdout")]
            rows.append((model, "validation", "ancestry", "others", 9, 0, metric, *(None,) * 3))
    return pd.DataFrame(rows, columns=STRATA.names)


def made_calibration() -> pd.DataFrame:
    """Every model is calibrated in the holdout, and not out of fold."""
    rows = [
        (model, split, 90, 0.24, 0.25, 0.1, 0.12, split == "validation", 1.5, 0.22, 0.05, True)
        for model in LABELS
        for split in ("validation", "holdout")
    ]
    return pd.DataFrame(rows, columns=CALIBRATION.names)


def made_confound_shares() -> pd.DataFrame:
    """Two confounds of every model."""
    rows = [(model, name, 1, share, 90) for model in LABELS for name, share in (("age", 0.2), ("sex", 0.01))]
    return pd.DataFrame(rows, columns=CONFOUND_SHARES.names)


def made_brain_age() -> pd.DataFrame:
    """One fold's holdout error."""
    return pd.DataFrame([(0, "holdout", 20, 5.0, 7.0, 0.6)], columns=BRAIN_AGE.names)


def made_participants() -> pd.DataFrame:
    """40 people with both modalities, 15 of either group, and 4 without an image."""
    count = 44
    groups = [0] * 15 + [1] * 15 + [None] * 14
    return pd.DataFrame(
        {
            "participant_id": [f"p{number:02d}" for number in range(count)],
            "age": [50.0 + number % 20 for number in range(count)],
            "sex": [number % 2 for number in range(count)],
            "site": ["a"] * 30 + ["b"] * 14,
            "head_size": 1.3,
            "outcome": [3.0] * 15 + [10.0] * 15 + [7.0] * 14,
            "outcome_group": pd.array(groups, "Int8"),
            "has_image": [True] * 40 + [False] * 4,
            "has_genotypes": True,
            "largest_ancestry": [True] * 38 + [False] * 6,
            "family": [f"F{number}" for number in range(count)],
        }
    )


def made_splits() -> pd.DataFrame:
    """The first 8 people are held out."""
    ids = made_participants()["participant_id"]
    return pd.DataFrame(
        {"participant_id": ids, "role": ["holdout"] * 8 + ["development"] * 36, "fold": [-1] * 8 + [0, 1] * 18}
    )
