"""The parts of the calibration: which cohorts are drawn, what is measured of them, and what it comes to."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks import calibration_scores as scores
from benchmarks import calibration_trials as trials
from benchmarks.calibration_population import Ancestry, CohortKind, Factors, Genome, Memory
from benchmarks.calibration_trials import LEVEL, Trial

Rows = Sequence[Mapping[str, Any]]
Summary = dict[str, float]
Changed = Mapping[str, Mapping[str, Any]]

# what the study did before confounds were removed, everybody learnt, and components were gated
_BEFORE: Changed = {
    "confounds": {"remove": "none"},
    "people": {"encoders_on": "labelled"},
    "scca": {"choose": "largest_sum"},
    "contributions": {"gate": 1.0},
}
_FEW_REPLICATES: Changed = {"contributions": {"null_encoders": 12, "null_components": 0}}
# 19 replicates make the rank of the study 1 of 20; short fits, because 1,200 studies are fitted
_REPLICATED: Changed = {
    "contributions": {"null_encoders": 19, "null_components": 0},
    "contrastive": {"batch_size": 200, "learning_rate": 5e-3, "epochs": 10},
}
_LABELLED: Changed = {"people": {"encoders_on": "labelled"}}
BESIDE = ("before", "pcs")  # variants that the last line does not need
_SHARES = (0.05, 0.15, 0.5, 1.0)

NULL = CohortKind()
SMALL_NULL = CohortKind(people=600, regions=24, features=32, genome=Genome(blocks=12))
PLANTED = CohortKind(people=1200, genome=Genome(blocks=30), factors=Factors(3))
# effects as strong as those of the simulated study of the default config
STRONG = CohortKind(
    people=1500, genome=Genome(blocks=30), factors=Factors(3, causal=6, snp_share=0.1, region_share=0.72)
)
LONG_BLOCKS = CohortKind(
    people=1200, genome=Genome(blocks=16, snps=(20, 50), neighbours=0.95), factors=Factors(3, causal=3, snp_share=0.12)
)
CLINE = CohortKind(
    people=1500,
    regions=100,
    features=120,
    genome=Genome(blocks=60, neighbours=0.5),
    ancestry=Ancestry(cline_snps=0.07, cline_regions=0.075),
)
COLLIDER = CohortKind(
    people=1200, age_regions=0.25, memory=Memory(age_share=0.35, gene_share=0.35, genes=15, labelled=1.0, imaged=0.3)
)
ANCESTRY = CohortKind(ancestry=Ancestry(second=0.1, second_regions=0.6, cline_snps=0.07, cline_regions=0.075))


@dataclass(frozen=True)
class Part:
    """One part.

    Attributes
    ----------
    measure : what is measured of one cohort.
    trials : by the name of the variant: `now`, `before`, ...
    summarise : from the rows of each variant.
    """

    measure: Callable[[Trial, int], dict[str, Any]]
    trials: Mapping[str, Trial]
    summarise: Callable[[Mapping[str, Rows]], Summary]


def _labelled(kind: CohortKind, share: float) -> CohortKind:
    return dataclasses.replace(kind, memory=dataclasses.replace(kind.memory, labelled=share))


def _imputed(kind: CohortKind, information: float) -> CohortKind:
    return dataclasses.replace(kind, genome=dataclasses.replace(kind.genome, information=information))


def mean(rows: Rows, *path: str) -> float:
    """Mean over rows of a number, the first of a list."""
    return float(np.mean(values(rows, *path))) if rows else float("nan")


def values(rows: Rows, *path: str) -> np.ndarray:
    """A number of each row by its keys, the first of a list; rows without it are left out."""
    found = []
    for row in rows:
        value: Any = row
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, list):
            value = value[0] if value else None
        if value is not None:
            found.append(float(value))
    return np.array(found)


def ratio(rows: Rows, part: tuple[str, ...], whole: tuple[str, ...]) -> float:
    """Sum of one number over that of another."""
    total = values(rows, *whole).sum()
    return float(values(rows, *part).sum() / total) if total else float("nan")


def significant(row: Mapping[str, Any], key: str = "p") -> bool:
    """Whether any component's p is at most .05: p are family-wise over components."""
    return bool(np.nanmin(row[key]) <= LEVEL)


def _standard_error(numbers: np.ndarray) -> float:
    return float(numbers.std(ddof=1) / np.sqrt(len(numbers))) if len(numbers) > 1 else float("nan")


def _level(name: str, shares: np.ndarray) -> Summary:
    """The level of a nominal .05, the mean share of p at most .05 over cohorts, with its standard error."""
    known = shares[~np.isnan(shares)]
    return {f"level_{name}": float(known.mean()), f"level_{name}_se": _standard_error(known)} if len(known) else {}


def _holdout_level(rows: Rows) -> Summary:
    return _level("holdout", np.array([significant(row) for row in rows], float))


def _null(by: Mapping[str, Rows]) -> Summary:
    rows = by["now"]
    keys = sorted({key for row in rows for key in row if key.startswith("p_")})
    found: Summary = {
        "cohorts": len(rows),
        "any_call": float(np.mean([row["snps"] + row["regions"] > 0 for row in rows])),
        "components": float(np.mean([len(row["p"]) for row in rows])),
        **_holdout_level(rows),
    }
    for key in keys:
        found |= _level(key.removeprefix("p_"), values(rows, key))
    return found


def _replicated(by: Mapping[str, Rows]) -> Summary:
    rows = by["now"]
    return {
        "cohorts": len(rows),
        **_holdout_level(rows),
        **_level("pipeline", np.array([significant(row, "p_pipeline") for row in rows], float)),
        **_level("feature_imaging", values(rows, "p_feature_imaging")),
        **_level("feature_genetics", values(rows, "p_feature_genetics")),
        "any_call_if_open": mean(rows, "any_call_if_open"),
    }


def _planted(by: Mapping[str, Rows]) -> Summary:
    rows, found = by["now"], {}
    for kind in ("allele_outcome", "region_outcome", "allele_region"):
        found[f"{kind}_right"] = ratio(rows, (kind, "right"), (kind, "judged"))
        found[f"{kind}_certain_right"] = ratio(rows, (kind, "certain_right"), (kind, "certain"))
        found[f"{kind}_coverage"] = ratio(rows, (kind, "covering"), (kind, "intervals"))
    return {
        "cohorts": len(rows),
        "components_ok": float(np.mean([len(row["p"]) == 3 for row in rows])),
        "components": float(np.mean([len(row["p"]) for row in rows])),
        "three_significant": float(np.mean([row["gated"] == 3 for row in rows])),
        "r": mean(rows, "r"),
        "snps": mean(rows, "snps"),
        "false_snps": mean(rows, "false_snps"),
        "blocks_hit": mean(rows, "blocks_hit"),
        "regions": mean(rows, "regions"),
        "false_regions": mean(rows, "false_regions"),
        "directions": found["allele_outcome_right"],
        "variate_sign_right": ratio(rows, ("variate_sign", "right"), ("variate_sign", "judged")),
        **found,
        **_located(rows),
    }


def _located(rows: Rows) -> Summary:
    sizes = [size for row in rows for size in row.get("set_sizes", [])]
    # the false discovery rate is the mean share over cohorts, one without claims counting as 0
    shares = [row.get("false_claims", 0) / max(row.get("claims", 0), 1) for row in rows]
    return {
        "claims": float(np.mean([row.get("claims", 0) for row in rows])),
        "block_fdr": float(np.mean(shares)),
        "block_fdr_se": _standard_error(np.array(shares)),
        "sets": float(np.mean([row.get("sets", 0) for row in rows])),
        "coverage": ratio(rows, ("covering",), ("sets",)),
        "set_size": float(np.median(sizes)) if sizes else float("nan"),
    }


def _blocks(by: Mapping[str, Rows]) -> Summary:
    rows = by["now"]
    counted = {name: mean(rows, name) for name in ("snps", "false_snps", "blocks_hit", "regions", "false_regions")}
    return {"cohorts": len(rows), "r": mean(rows, "r"), **counted, **_located(rows)}


def _confounded(by: Mapping[str, Rows]) -> Summary:
    """Of a cohort in which genes do nothing to the brain."""
    found: Summary = {}
    for name, rows in by.items():
        r = values(rows, "r")
        own = {
            "cohorts": len(rows),
            "r": float(r.mean()),
            "r_se": _standard_error(r),
            "r_holdout": mean(rows, "r_holdout"),
            "snps_most": float(values(rows, "snps").max()),
            "snps": mean(rows, "snps"),
            "regions": mean(rows, "regions"),
            "significant": float(np.mean([significant(row) for row in rows])),
        }
        found.update({f"{name}_{key}": value for key, value in own.items()})
    return found


def _ancestry(by: Mapping[str, Rows]) -> Summary:
    found: Summary = {}
    for name, rows in by.items():
        means = np.array([np.mean(row["r_null"]) for row in rows])
        found |= {f"{name}_r_null": float(means.mean()), f"{name}_r_null_se": _standard_error(means)}
        found |= {f"{name}_r": mean(rows, "r"), f"{name}_cohorts": len(rows)}
    return found


def _r_of_variants(by: Mapping[str, Rows]) -> Summary:
    found: Summary = {}
    for name, rows in by.items():
        r = values(rows, "r")
        found |= {f"{name}_r": float(r.mean()), f"{name}_r_se": _standard_error(r), f"{name}_cohorts": len(rows)}
        for key in ("snps", "false_snps", "regions", "false_regions"):
            if key in rows[0]:
                found[f"{name}_{key}"] = mean(rows, key)
    return found


def _scores(by: Mapping[str, Rows]) -> Summary:
    rows, found = by["now"], {"cohorts": float(len(by["now"]))}
    for key in sorted(set(rows[0]) - {"seed", "seconds"}):
        # a model of errors makes the stack worse indeed: an interval below 0 is no false claim
        found |= {key: mean(rows, key)} if key.startswith("loss_") else _level(key, values(rows, key))
    return found


PARTS: dict[str, Part] = {
    "null": Part(trials.nothing, {"now": Trial(NULL, 200)}, _null),
    "replicated": Part(
        trials.replicated,
        {"now": Trial(SMALL_NULL, 60, _REPLICATED)},
        _replicated,
    ),
    "planted": Part(trials.claims, {"now": Trial(PLANTED, 10)}, _planted),
    "blocks": Part(trials.claims, {"now": Trial(LONG_BLOCKS, 20, _FEW_REPLICATES)}, _blocks),
    "cline": Part(
        trials.claims,
        {
            "now": Trial(CLINE, 10),
            "pcs": Trial(CLINE, 2, {"confounds": {"remove": "pcs"}}),
            "before": Trial(CLINE, 2, _BEFORE),
        },
        _confounded,
    ),
    "collider": Part(trials.claims, {"now": Trial(COLLIDER, 10), "before": Trial(COLLIDER, 2, _BEFORE)}, _confounded),
    "ancestry": Part(
        trials.null_encoders,
        {
            "now": Trial(ANCESTRY, 5, {"contributions": {"null_encoders": 8}}),
            "before": Trial(ANCESTRY, 5, {**_BEFORE, "contributions": {"null_encoders": 8}}),
        },
        _ancestry,
    ),
    "shares": Part(
        trials.components,
        {
            f"{name}_{share:.0%}": Trial(_labelled(STRONG, share), 5, changed)
            for share in _SHARES
            for name, changed in (("labelled", _LABELLED), ("everybody", {}))
        },
        _r_of_variants,
    ),
    "label15": Part(
        trials.claims,
        {
            "labelled": Trial(_labelled(STRONG, 0.15), 2, _LABELLED),
            "everybody": Trial(_labelled(STRONG, 0.15), 2),
        },
        _r_of_variants,
    ),
    "dosages": Part(
        trials.components,
        {f"info_{info}": Trial(_imputed(STRONG, info), 5) for info in (1.0, 0.8, 0.5)},
        _r_of_variants,
    ),
    "scores": Part(scores.scores, {"now": Trial(NULL, 200)}, _scores),
}
