"""Simulated cohorts on which the protocols are compared: what is planted, and which choices can bear on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_CONFOUNDS, _RULE = "confounds.remove", "contributions.rule"
GENOTYPE_CHOICES = (
    "people.reference",
    "genetics.qc.strand_ambiguous",
    "genetics.qc.hwe_people",
    "genetics.qc.hwe_uncertain",
    "genetics.coding.values",
)
# a table of features has no maps that could fail
WITHOUT_MAPS = ("imaging.qc.deviations",)


@dataclass(frozen=True)
class Cohort:
    """One kind of cohort.

    Attributes
    ----------
    says : what is planted.
    simulation : keys of `simulation` that plant it.
    choices : those of `paper` that are made alone, beside both protocols.
    """

    says: str
    simulation: dict[str, Any] = field(default_factory=dict)
    choices: Sequence[str] = ()


COHORTS = {
    "planted": Cohort(
        "genes act on regions and on WM, as in the demo",
        choices=(
            _RULE,
            "occlusion.baseline",
            "occlusion.people",
            "occlusion.node",
            "scca.choose",
            "scca.fit_on",
            "scca.l1_ratio",
            "people.heads_on",
            "contrastive.include_positive",
            "contrastive.reduction",
            "people.fit_on",
            "people.encoders_on",
            _CONFOUNDS,
        ),
    ),
    "null": Cohort(
        "genes do nothing; regions and WM follow age",
        {"effect_scale": 0.0},
        (_RULE, "people.fit_on", _CONFOUNDS),
    ),
    "cline": Cohort(
        "genes do nothing; a cline within the largest ancestry goes with SNPs, regions and WM",
        {
            "effect_scale": 0.0,
            "people": {"cline": 0.2},
            "traits": {"cline_effect": 0.2},
            "images": {"cline_effect": 0.15},
        },
        (_RULE, _CONFOUNDS),
    ),
    "collider": Cohort(
        "genes act on WM alone, age on WM and regions; only the extremes of WM have images",
        {
            "brain_effect_scale": 0.0,
            "people": {"count": 3000},
            "traits": {"age_gap": 12.0, "factor_share": 0.7, "low_share": 0.12, "high_share": 0.12},
            "images": {"age_loss": 0.1, "extremes_only": True},
        },
        (_RULE, _CONFOUNDS),
    ),
    "imputed": Cohort(
        "as planted, in two ancestries with many relatives, genotypes imputed at INFO .35 to .95",
        {
            "people": {"children": 300, "second_ancestry": 0.3},
            "genotypes": {"info": [0.35, 0.95]},
        },
        GENOTYPE_CHOICES,
    ),
}


def overlay(kind: str, seed: int) -> dict[str, Any]:
    """The overlay on config.yaml of one cohort: features from a table, one pair of encoders, three folds."""
    planted = COHORTS[kind].simulation
    return {
        "seed": seed,
        "imaging": {"source": "table"},
        "simulation": {**planted, "images": {**planted.get("images", {}), "kind": "table"}},
        "splits": {"folds": 3},
        "contrastive": {"subsets": [[1, 2, 4]]},
        "classification": {"models": ["imaging_cnn"], "shared_head": []},
        "contributions": {"null_encoders": 10, "null_components": 0, "null_batch": 10},
    }
