"""Values of the main table that nobody can have, and values that are not there."""

from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.attrition import Attrition
from cgni.cohort.confounds import CATEGORY, MEASURE, genetic_components
from cgni.cohort.fields import AGE, CENTRE, GENETIC_SEX, HEAD_SIZE, PCS, SEX
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.settings import RangeSettings

# a sex differs in one of a thousand people
_MOST_OF_OTHER_SEX, _FEWEST_SEXED = 0.1, 20
_LARGEST_CODE = 10**9
_TITLES = {"age": "age", "sex": "sex", "site": "assessment centre", "head_size": "head size (field 25000)"}


def check_values(path: str | Path, phenotypes: Phenotypes, ranges: RangeSettings) -> None:
    """Stop at values that nobody can have: they are errors of units, codes or columns, not of single people.

    Raises
    ------
    InputError
        Infinite values; sexes other than 0 and 1; centres that are no whole numbers; ages, head sizes or components
        outside `cohort.ranges`.
    """
    for field in sorted(set(phenotypes.values.columns.get_level_values("field")), key=str):
        values = phenotypes.values[field].to_numpy()
        _refuse(path, field, int(np.isinf(values).sum()), "infinite", "correct them, or leave the cells empty")
        if field in (SEX, GENETIC_SEX):
            odd = int((~np.isnan(values) & ~np.isin(values, (0, 1))).sum())
            _refuse(path, field, odd, "neither 0 (female) nor 1 (male)", "recode them (plink: 1 male, 2 female)")
        if field == CENTRE:
            odd = int((~np.isnan(values) & ((values % 1 != 0) | (values > _LARGEST_CODE))).sum())
            _refuse(path, field, odd, "no codes of centres (whole numbers)", "correct them, or write centres by name")
    for field, key in ((AGE, "age"), (HEAD_SIZE, "head_size"), (PCS, "components")):
        if phenotypes.has(field):
            low, high = getattr(ranges, key)
            values = phenotypes.values[field].to_numpy()
            outside = int(((values < low) | (values > high)).sum())
            what = f"outside {low:g} to {high:g}"
            _refuse(path, field, outside, what, f"check units and codes, or set cohort.ranges.{key}")


def check_sexes(samples: pd.DataFrame, phenotypes: Phenotypes) -> None:
    """Refuse a list of genotyped people whose sexes are those of other people.

    Parameters
    ----------
    samples
        participant_id and sex (0, 1, NaN where not stated) of `cohort.samples.read_people`.

    Raises
    ------
    InputError
        More than a tenth of the people differ from field 31 (people in another order do in half).
    """
    sexes = phenotypes.at(SEX)
    stated = samples.set_index("participant_id")["sex"].reindex(phenotypes.ids)
    known = stated.notna() & sexes.notna()
    other = int((stated != sexes)[known].sum())
    if other > _MOST_OF_OTHER_SEX * max(int(known.sum()), _FEWEST_SEXED):
        raise InputError(
            f"genotype files: {other} of {int(known.sum())} people have another sex in the list of people than in "
            f"field {SEX}; the list is in another order or of another application, or codes sex otherwise"
        )


def count_missing(people: pd.DataFrame, attrition: Attrition) -> None:
    """Count people of the participants table without the value of a confound, and say what stands for it.

    Raises
    ------
    InputError
        Nobody with an image has an age: brain age cannot be learnt.
    """
    if people["has_image"].any() and people.loc[people["has_image"], "age"].isna().all():
        raise InputError(
            f"main table: none of {int(people['has_image'].sum())} people with an image has an age (field {AGE}) at "
            "the visit of the image; add the columns of cohort.image_instances, or set that key"
        )
    for column, title in confound_titles(people).items():
        missing = int(people[column].isna().sum())
        if missing == len(people):
            attrition.count(f"without {title}", missing, "everybody: the study runs without this confound")
        elif missing:
            attrition.count(f"without {title}", missing, "the mean of a fold's fit people stands for it")


def confound_titles(people: pd.DataFrame) -> dict[str, str]:
    """Columns of the participants table that are confounds, and what they are called."""
    found = {name: title for name, title in _TITLES.items() if name in people.columns}
    found |= {name: name.upper() for name in genetic_components(people)}
    further = [name for name in people.columns if name.startswith((MEASURE, CATEGORY))]
    return found | {name: f"field {name.rpartition('_')[2]}" for name in further}


def _refuse(path: str | Path, field: int, count: int, what: str, remedy: str) -> None:
    if count:
        raise InputError(f"{path}: {count} values of field {field} are {what}; {remedy}")
