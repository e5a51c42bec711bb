"""Who takes part: exclusions, working-memory groups, and each person's values at the right visit."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.attrition import Attrition
from cgni.cohort.cautions import extremes_warning, family_warning
from cgni.cohort.change import baseline_values
from cgni.cohort.confounds import CATEGORY, MEASURE
from cgni.cohort.families import assign_families, one_per_family
from cgni.cohort.fields import (
    AGE,
    ANCESTRY,
    ANEUPLOIDY,
    CENTRE,
    DATE,
    GENETIC_SEX,
    HEAD_SIZE,
    MISSINGNESS,
    OPTIONAL_FIELDS,
    OUTLIER,
    PCS,
    SEX,
    UNRELATED,
)
from cgni.cohort.id_lists import Matched
from cgni.cohort.outcome import outcome_groups, outcome_values, valid_values
from cgni.cohort.phenotypes import Phenotypes, read_phenotypes
from cgni.cohort.plausible import check_sexes, check_values, count_missing
from cgni.cohort.schemas import BASELINE, TARGET
from cgni.cohort.settings import CohortSettings, OutcomeSettings

_BASELINE = 0
_MAX_MISSING = 0.05  # share of a person's missing genotypes, study.md B26
_GROUPS = ("low", "high")
_ABSENT = "field {field} is not in the main table: not applied"


@dataclass(frozen=True)
class Imaged:
    """People with a gray-matter map.

    Attributes
    ----------
    ids : theirs.
    visits : visit (int) of the image by id, of those whose list of images states it; the others' is found
        (`image_visit`).
    """

    ids: pd.Index
    visits: pd.Series | None = None


def read_main_table(
    path: str | Path, cohort: CohortSettings, outcome: OutcomeSettings, labelled: bool = True
) -> Phenotypes:
    """The fields of the main table that the study needs or can use.

    Components are among the needed ones unless they are computed from the genotypes (`cohort.pcs`).

    Parameters
    ----------
    labelled
        Whether the outcome must be there.

    Raises
    ------
    InputError
        Not a main table, a needed field missing (`cohort.phenotypes.read_phenotypes`), or values that nobody can have
        (`cohort.plausible.check_values`).
    """
    n_pcs = cohort.n_pcs if cohort.pcs == "field" else 0
    further = [*cohort.confounds, *cohort.category_confounds]
    dates = [DATE] if outcome.change == "slope" else []
    own = [outcome.field, *further, *dates] if labelled else further
    needed = [SEX, AGE, CENTRE, *own, *([PCS] if n_pcs else [])]
    optional = OPTIONAL_FIELDS if labelled else [*OPTIONAL_FIELDS, outcome.field, *dates]
    phenotypes = read_phenotypes(path, list(dict.fromkeys(needed)), optional, n_pcs)
    check_values(path, phenotypes, cohort.ranges)
    return phenotypes


def build_participants(
    phenotypes: Phenotypes,
    samples: pd.DataFrame,
    imaged: Imaged,
    withdrawn: Matched,
    pairs: pd.DataFrame,
    cohort: CohortSettings,
    outcome: OutcomeSettings,
) -> tuple[pd.DataFrame, Attrition]:
    """The participants table and its attrition.

    Parameters
    ----------
    phenotypes
        Values of the main table (`read_main_table`).
    samples
        People of the genotype files: participant_id, missing (`cohort.samples.common_people`).
    imaged
        People with a gray-matter map.
    withdrawn
        People who withdrew (`cohort.id_lists.read_listed_ids`).
    pairs
        Pairs of relatives, columns ID1, ID2 (`cohort.families.read_related_pairs`).
    cohort, outcome
        Which visits and components; what is predicted.

    Returns
    -------
    Table in the columns of `cohort.schemas.participants_schema(n_pcs)`, sorted by id, and the attrition.

    Raises
    ------
    InputError
        Nobody left, or nobody with an outcome, image and genotypes.
    """
    people, attrition = list_participants(phenotypes, samples, imaged, withdrawn, pairs, cohort, outcome)
    _refuse_without_groups(people)
    return people, attrition


def list_participants(
    phenotypes: Phenotypes,
    samples: pd.DataFrame,
    imaged: Imaged,
    withdrawn: Matched,
    pairs: pd.DataFrame,
    cohort: CohortSettings,
    outcome: OutcomeSettings,
) -> tuple[pd.DataFrame, Attrition]:
    """`build_participants` of a cohort that need not have an outcome: nobody's is known without its field.

    Raises
    ------
    InputError
        Nobody left.
    """
    attrition = Attrition("cohort", "participants")
    _check_ids(phenotypes, samples)
    check_sexes(samples, phenotypes)
    ids = _exclude(phenotypes, samples, withdrawn, attrition)
    if cohort.ancestry == "largest":
        ids = _largest_ancestry(ids, phenotypes, attrition)
    visit = image_visit(phenotypes, imaged.ids, cohort.image_instances)
    if imaged.visits is not None:
        visit.update(imaged.visits)
    people = pd.DataFrame(index=phenotypes.ids)
    people["age"], people["head_size"] = _at_visit(phenotypes, AGE, visit), _at_visit(phenotypes, HEAD_SIZE, visit)
    people["sex"] = phenotypes.at(SEX).astype("Int8")
    people["site"] = _at_visit(phenotypes, CENTRE, visit).astype("Int64").astype("string")
    for number in range(1, cohort.n_pcs + 1):
        people[f"pc{number}"] = phenotypes.at(PCS, 0, number)
    for field in cohort.confounds:
        people[f"{MEASURE}{field}"] = _at_image(phenotypes, field, visit)
    for field in cohort.category_confounds:
        people[f"{CATEGORY}{field}"] = _at_image(phenotypes, field, visit).map("{:.15g}".format, na_action="ignore")
    people["outcome"] = outcome_values(phenotypes, outcome, visit) if phenotypes.has(outcome.field) else np.nan
    people["has_image"] = people.index.isin(imaged.ids)
    people["has_genotypes"] = people.index.isin(samples["participant_id"])
    people = people.loc[ids].copy()
    people["outcome_group"] = outcome_groups(people["outcome"], outcome)
    people[TARGET] = people["outcome"] if outcome.kind == "continuous" else np.nan
    people[BASELINE] = _baseline(phenotypes, outcome).loc[people.index]
    people["family"] = assign_families(people.index, pairs)
    _add_genetic_flags(people, phenotypes, attrition)
    attrition.count("largest family", people["family"].value_counts().max(), "its people stay in one part of the split")
    count_missing(people, attrition)
    _count_visits(phenotypes, people, outcome, attrition)
    _count_parts(people, imaged.ids, samples, outcome, attrition)
    attrition.log()
    return people.reset_index(names="participant_id"), attrition


def _baseline(phenotypes: Phenotypes, outcome: OutcomeSettings) -> pd.Series:
    """Values at the baseline, where the outcome is a residual change."""
    if outcome.change != "residual":
        return pd.Series(np.nan, index=phenotypes.ids)
    return baseline_values(valid_values(phenotypes, outcome), outcome)


def _count_visits(phenotypes: Phenotypes, people: pd.DataFrame, outcome: OutcomeSettings, attrition: Attrition) -> None:
    """Of a change: who has one of the two visits alone, and whose image is later than the baseline."""
    if outcome.change == "none":
        return
    first = baseline_values(valid_values(phenotypes, outcome), outcome).loc[people.index].notna()
    alone = int((first & people["outcome"].isna()).sum())
    attrition.count("baseline without follow-up", alone, "they have no change; brain age and encoders learn from them")


def image_visit(phenotypes: Phenotypes, image_ids: pd.Index, instances: Sequence[int]) -> pd.Series:
    """Instance whose values belong to a person: that of the image, or the baseline without an image.

    The visit of the image is the first of `instances` with a head size (a measure of the scan);
    without any, the first with an age. -1 for people with an image but no such visit.
    """
    visit = pd.Series(-1, index=phenotypes.ids)
    for field in (AGE, HEAD_SIZE):
        for instance in reversed(instances):
            visit[phenotypes.at(field, instance).notna()] = instance
    visit[~visit.index.isin(image_ids)] = _BASELINE
    return visit


def _at_visit(phenotypes: Phenotypes, field: int | str, visit: pd.Series) -> pd.Series:
    values = pd.Series(np.nan, index=phenotypes.ids)
    for instance in set(visit) - {-1}:
        chosen = visit == instance
        values[chosen] = phenotypes.at(field, instance)[chosen]
    return values


def _at_image(phenotypes: Phenotypes, field: int | str, visit: pd.Series) -> pd.Series:
    """Values at the visit of the image; of fields that the table has of one visit alone, those of that visit.

    Raises
    ------
    InputError
        Nobody has a value: a confound that is named but not there would be left out in silence.
    """
    instances = phenotypes.instances(field)
    values = phenotypes.at(field, instances[0]) if len(instances) == 1 else _at_visit(phenotypes, field, visit)
    if values.isna().all():
        raise InputError(
            f"main table: nobody has a value of field {field} at the visit of the image; add those columns, or take "
            "the field out of cohort.confounds and cohort.category_confounds"
        )
    return values


def _check_ids(phenotypes: Phenotypes, samples: pd.DataFrame) -> None:
    real = samples.loc[~samples["participant_id"].str.startswith("-"), "participant_id"]
    if not real.isin(phenotypes.ids).any():
        if (real + "_" + real).isin(phenotypes.ids).any():
            raise InputError("main table: its ids are doubled, as in 7_7; write each once, as the genotype files do")
        raise InputError(
            f"genotype files: none of their {len(real)} people (negative ids left out) is among the "
            f"{len(phenotypes.ids)} of the main table; both must use the ids of the same application"
        )


def _exclude(phenotypes: Phenotypes, samples: pd.DataFrame, withdrawn: Matched, attrition: Attrition) -> pd.Index:
    """Sorted ids of those who stay."""
    ids = phenotypes.ids.sort_values()
    attrition.start("main table", len(ids))
    stated = samples.set_index("participant_id")["missing"].reindex(phenotypes.ids)
    missing = pd.concat([stated, phenotypes.at(MISSINGNESS)], axis=1).max(axis=1)
    reported, genetic = phenotypes.at(SEX), phenotypes.at(GENETIC_SEX)
    steps: list[tuple[str, pd.Series, int | None]] = [
        ("negative id", pd.Series(phenotypes.ids.str.startswith("-"), index=phenotypes.ids), None),
        ("withdrawn", pd.Series(phenotypes.ids.isin(withdrawn.ids), index=phenotypes.ids), None),
        ("sex chromosome aneuploidy", phenotypes.at(ANEUPLOIDY) == 1, ANEUPLOIDY),
        ("outlier in heterozygosity or missingness", phenotypes.at(OUTLIER) == 1, OUTLIER),
        ("reported sex differs from genetic sex", (reported != genetic) & genetic.notna(), GENETIC_SEX),
        ("more than 5 % of genotypes missing", missing > _MAX_MISSING, None),
    ]
    for step, bad, field in steps:
        kept = ids[~bad.loc[ids].to_numpy()]
        note = _ABSENT.format(field=field) if field is not None and not phenotypes.has(field) else None
        if step.startswith("more than") and missing.notna().sum() == 0:
            note = f"neither the genotype files nor field {MISSINGNESS} state people's missingness: not applied"
        if step == "withdrawn":
            note = f"{withdrawn.found} of {withdrawn.listed} listed ids are in the main table"
        attrition.remove(step, len(ids) - len(kept), len(kept), note)
        ids = kept
    if ids.empty:
        attrition.log()
        raise InputError("main table: nobody is left after the exclusions; see the attrition table's steps in the log")
    return ids


def _largest_ancestry(ids: pd.Index, phenotypes: Phenotypes, attrition: Attrition) -> pd.Index:
    if not phenotypes.has(ANCESTRY):
        raise InputError(f"main table: cohort.ancestry: largest needs field {ANCESTRY}; add it, or set ancestry: all")
    kept = ids[(phenotypes.at(ANCESTRY) == 1).loc[ids].to_numpy()]
    attrition.remove("outside the largest ancestry", len(ids) - len(kept), len(kept), "cohort.ancestry: largest")
    if kept.empty:
        raise InputError(f"main table: nobody has field {ANCESTRY} = 1; set cohort.ancestry: all")
    return kept


def _add_genetic_flags(people: pd.DataFrame, phenotypes: Phenotypes, attrition: Attrition) -> None:
    note = None
    if phenotypes.has(ANCESTRY):
        people["largest_ancestry"] = (phenotypes.at(ANCESTRY) == 1).loc[people.index]
    else:
        people["largest_ancestry"], note = True, _ABSENT.format(field=ANCESTRY) + "; everybody counts"
    attrition.count("largest ancestry", people["largest_ancestry"].sum(), note or "field 22006; nobody is removed")
    if phenotypes.has(UNRELATED):
        people["unrelated"], note = (phenotypes.at(UNRELATED) == 1).loc[people.index], "field 22020; nobody is removed"
    else:
        people["unrelated"] = one_per_family(people["family"], people["has_genotypes"])
        note = _ABSENT.format(field=UNRELATED) + "; one person a family instead"
    attrition.count("unrelated", people["unrelated"].sum(), note)


def _count_parts(
    people: pd.DataFrame, image_ids: pd.Index, samples: pd.DataFrame, outcome: OutcomeSettings, attrition: Attrition
) -> None:
    both = people["has_image"] & people["has_genotypes"]
    groups = [people["outcome_group"].eq(group).fillna(False).astype(bool) for group in (0, 1)]
    no_age = int((people["has_image"] & people["age"].isna()).sum())
    strangers = len(image_ids.difference(people.index))
    genotyped = pd.Index(samples["participant_id"])
    absent, negative = len(genotyped.difference(people.index)), int(genotyped.str.startswith("-").sum())
    note = "of a continuous outcome those up to its median, and those above" if outcome.kind == "continuous" else ""
    attrition.count("outcome known", people["outcome"].notna().sum())
    for name, group in zip(_GROUPS, groups, strict=True):
        attrition.count(f"{name} group", group.sum(), note)
    attrition.count(
        "with image",
        people["has_image"].sum(),
        f"{no_age} without an age at the visit of the image; {strangers} images of people not in the cohort",
    )
    attrition.count(
        "with genotypes",
        people["has_genotypes"].sum(),
        f"{absent} people of the genotype files not in the cohort, {negative} of them with negative ids",
    )
    attrition.count("with image and genotypes", both.sum())
    for warning in filter(None, (extremes_warning(people, outcome.kind), family_warning(people))):
        logging.warning(warning)
    for name, group in zip(_GROUPS, groups, strict=True):
        attrition.count(f"{name} group with image and genotypes", (both & group).sum())


def _refuse_without_groups(people: pd.DataFrame) -> None:
    both = people["has_image"] & people["has_genotypes"]
    low, high = (people["outcome_group"].eq(group).fillna(False).astype(bool) for group in (0, 1))
    if not low.any() or not high.any():
        raise InputError(
            f"main table: {int(low.sum())} of the low and {int(high.sum())} of the high group of the outcome are "
            f"among {len(people)} people; check the keys of the section outcome"
        )
    if not (both & low).any() or not (both & high).any():
        raise InputError(
            f"main table, images and genotypes: of {len(people)} people {int((both & low).sum())} of the low and "
            f"{int((both & high).sum())} of the high group of the outcome have both an image and genotypes; "
            "check that the files use the same ids"
        )
