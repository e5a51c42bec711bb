"""How far another cohort is from the people that a bundle's models were fitted on: what is read before any score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cgni.application.archive import Archive
from cgni.application.confounds import FoldConfounds
from cgni.application.schemas import DRIFT

_FREQUENCY = 0.1  # difference of allele frequencies that another population or another allele shows
_FEWEST = 20  # people below which frequencies say little
_FOUND, _INSIDE, _UNKNOWN = 0.9, 0.8, 0.5
_SDS = 2.0
_ERRORS = 4.0  # standard errors of a frequency


@dataclass(frozen=True, eq=False)
class CohortFacts:
    """What drift is told from.

    Attributes
    ----------
    variants, likeness : `schemas.MATCHED_VARIANTS`, `schemas.MAP_LIKENESS`.
    participants : `cohort.schemas.participants_schema`.
    resampled : images that were interpolated onto the bundle's grid.
    """

    variants: pd.DataFrame
    likeness: pd.DataFrame
    participants: pd.DataFrame
    resampled: int


def drift_table(bundle: Archive, facts: CohortFacts, ids: pd.Index) -> pd.DataFrame:
    """One row a measure of the bundle's training people and of `ids` (`schemas.DRIFT`), genotypes first.

    A measure has drifted when it lies where few samples of the training people would: beyond 2 SDs of the map
    measures, more than .1 and 4 standard errors of an allele's frequency (of 20 people or more), less than 80 % of the
    people in the middle nine tenths of the training ages, less than 90 % of the SNPs found.
    """
    statistics = bundle.json("statistics.json")
    people = facts.participants.set_index("participant_id").loc[ids]
    confounds = FoldConfounds.of(bundle.checkpoint("fold0/confounds.ckpt"))
    rows = [
        *_genotype_rows(facts.variants, len(ids)),
        *_map_rows(statistics, facts.likeness.set_index("participant_id").reindex(ids), facts),
        *_people_rows(statistics, people),
        *(_confound_rows(confounds.unknown(facts.participants, ids)) if confounds else []),
    ]
    return pd.DataFrame(rows, columns=DRIFT.names)


Row = tuple[str, str, float, float, bool, str]


def _genotype_rows(variants: pd.DataFrame, people: int) -> Sequence[Row]:
    usable = variants["reason"].isna()
    found = float(usable.mean())
    own = variants[usable & variants["frequency"].notna()]
    difference = (own["frequency"] - own["frequency_bundle"]).abs()
    known = own["frequency_bundle"]
    chance = _ERRORS * np.sqrt(known * (1 - known) / (2 * max(people, 1)))
    far, enough = int((difference > np.maximum(_FREQUENCY, chance)).sum()), people >= _FEWEST and len(own) > 1
    r = float(own["frequency"].corr(own["frequency_bundle"])) if enough else np.nan
    note = f"{len(variants) - int(usable.sum())} of {len(variants)} SNPs are not there; fill values stand for them"
    swapped = f"{int(variants['swapped'].sum())} SNPs with their alleles in the other order, which are matched"
    return [
        ("genotypes", "share of SNPs found", 1.0, found, found < _FOUND, note),
        ("genotypes", "SNPs in the other order", 0.0, float(variants["swapped"].mean()), False, swapped),
        ("genotypes", "SNPs on the other strand", 0.0, float(variants["other_strand"].mean()),
         bool(variants["other_strand"].any()), "not used: give files of the forward strand"),
        ("genotypes", "largest difference of an allele frequency", 0.0, float(difference.max()),
         bool(enough and far), f"{far} of {len(own)} SNPs differ by more than {_FREQUENCY:g} and than chance"),
        ("genotypes", "correlation of allele frequencies", 1.0, r, bool(r < _FOUND),
         "" if enough else f"not judged of fewer than {_FEWEST} people"),
    ]  # fmt: skip


def _map_rows(statistics: Mapping[str, Any], likeness: pd.DataFrame, facts: CohortFacts) -> Sequence[Row]:
    rows: list[Row] = []
    words = {
        "r": ("r with the reference, inside the mask", "median"),
        "r_image": ("r with the reference, whole image", "median"),
        "total": ("sum of a map", "median; another scanner gain, unit or head size"),
    }
    for name, (measure, note) in words.items():
        known = statistics[f"map_{name}"]
        own = float(likeness[name].median())
        deviation = (own - known["mean"]) / known["sd"] if known["sd"] else np.inf
        far = bool(abs(deviation) > _SDS) if name == "total" else bool(deviation < -_SDS)
        rows.append(("maps", measure, known["p50"], own, far, f"{note}; {deviation:+.1f} SDs of the training people"))
    unlike = float((~facts.likeness["passed"]).mean())
    rows.append(("maps", "share of maps left out", 0.0, unlike, unlike > 1 - _FOUND, "unlike the reference"))
    note = "maps interpolated onto the bundle's grid, which smooths them"
    share = facts.resampled / max(len(facts.likeness), 1)
    return [*rows, ("maps", "share of maps resampled", 0.0, share, share > 1 - _FOUND, note)]


def _people_rows(statistics: Mapping[str, Any], people: pd.DataFrame) -> Sequence[Row]:
    age, own = statistics["age"], people["age"].dropna()
    inside = float(own.between(age["p5"], age["p95"]).mean()) if len(own) else np.nan
    known = f"the middle nine tenths of the training people are {age['p5']:.0f} to {age['p95']:.0f} years old"
    male, share = statistics["male"]["mean"], float(people["sex"].astype("float64").mean())
    se = np.sqrt(male * (1 - male) / max(len(people), 1))
    return [
        ("people", "median age", age["p50"], float(own.median()), False, known),
        ("people", "share within the training ages", 0.9, inside, bool(inside < _INSIDE), known),
        ("people", "share of men", male, share, bool(abs(share - male) > max(_FREQUENCY, 3 * se)), ""),
        ("people", "people with both modalities", float(statistics["people"]), float(len(people)), False, ""),
    ]


def _confound_rows(unknown: pd.Series) -> Sequence[Row]:
    note = (
        "unknown ones count as the training people's mean; sites and categories not seen in training have no indicator"
    )
    return [
        ("confounds", f"share without {name}", 0.0, float(share), bool(share > _UNKNOWN), note)
        for name, share in unknown.items()
        if share > 0
    ]
