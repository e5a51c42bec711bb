"""What a reader of the report must know about the people: extremes alone, unknown confounds, a chained family."""

import pandas as pd

from cgni.cohort.attrition import LACKING
from cgni.cohort.plausible import confound_titles

_FEWEST_OUTSIDE = 0.2  # share of imaged people outside the groups; study C7

_LARGEST_FAMILY = 0.02  # share of the cohort in one family
_SMALL_FAMILY = 10  # people whom a real family may well have


def extremes_warning(participants: pd.DataFrame, kind: str) -> str:
    """What to say where nearly everybody with image and genotypes is in one of the two groups; empty otherwise.

    Genes and brain correlate in such people even though neither acts on the other, because both act on
    the score that people were chosen by (a collider).

    Parameters
    ----------
    participants
        has_image, has_genotypes and outcome_group (missing: in neither group) of the participants table.
    kind
        `outcome.kind`: of a continuous outcome nobody is chosen by groups.
    """
    imaged = participants[participants["has_image"] & participants["has_genotypes"]]
    outside = int(imaged["outcome_group"].isna().sum())
    if kind == "continuous" or imaged.empty or outside >= _FEWEST_OUTSIDE * len(imaged):
        return ""
    return (
        f"Only {outside} of {len(imaged)} people with an image and genotypes are outside the two groups. "
        "Choosing people by their outcome makes genes and brain correlate even where neither acts on the other, "
        "so that correlations and calls may come from the choice of people. Give the images of the people between the "
        "groups too."
    )


def absence_warning(participants: pd.DataFrame) -> str:
    """What to say in the report where a confound is known of nobody; empty otherwise."""
    absent = [title for column, title in confound_titles(participants).items() if participants[column].isna().all()]
    if not absent:
        return ""
    return f"Nobody's {' and '.join(absent)} is known: nothing in this study is corrected for it."


def family_warning(participants: pd.DataFrame) -> str:
    """What to say where one family holds more than 2 % of the cohort (and more than 10 people); empty otherwise.

    Strangers taken for relatives, by too few SNPs or a low `splits.kinship`, chain people to such families, which no
    split can divide.
    """
    sizes = participants["family"].value_counts()
    largest = int(sizes.max()) if len(sizes) else 0
    if largest <= max(_SMALL_FAMILY, _LARGEST_FAMILY * len(participants)):
        return ""
    return (
        f"One family of relatives holds {largest} of {len(participants)} people, and stays together in one part of the "
        "split. So large a family mostly comes from strangers taken for relatives: check the kinship file, and "
        "splits.kinship."
    )


def genotypes_warning(attrition: pd.DataFrame) -> str:
    """What to say where people lack most genotypes of a chromosome (`attrition.LACKING`); empty otherwise."""
    rows = attrition[attrition["step"] == LACKING]
    if rows.empty:
        return ""
    where = ", ".join(f"{row.left} on chromosome {row.chrom}" for row in rows.itertuples())
    return (
        f"People without most of their genotypes: {where}. Means stand for what they lack, so that their genes say "
        "nothing of them. Take them out of the genotype files (plink2 --mind)."
    )


def people_cautions(participants: pd.DataFrame, kind: str, attrition: pd.DataFrame | None = None) -> list[str]:
    """All warnings about the people of the participants table, and of the attrition of all stages.

    `kind`: `outcome.kind`.
    """
    texts = [extremes_warning(participants, kind), absence_warning(participants), family_warning(participants)]
    texts += [] if attrition is None else [genotypes_warning(attrition)]
    return [text for text in texts if text]
