"""Who takes part: a table of the people with both modalities, by group and by part of the split."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cgni.cohort.roles import development_people
from cgni.figures.cells import FEWEST_OF_GROUP, NOT_KNOWN

_HIDDEN = f"< {FEWEST_OF_GROUP}"


def cohort_table(participants: pd.DataFrame, splits: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Characteristics by column: everybody with an image and genotypes, the two groups, development, holdout.

    Numbers of fewer than 5 people are hidden, and means of so few.

    Parameters
    ----------
    participants, splits
        `cohort.schemas`.
    names
        Of the outcome's two groups.
    """
    both = participants[participants["has_image"] & participants["has_genotypes"]]
    held_in = both["participant_id"].isin(development_people(splits))
    columns = {
        "Everybody": both,
        **{f"Group: {name}": both[both["outcome_group"] == code] for code, name in enumerate(names)},
        "Development": both[held_in],
        "Holdout": both[~held_in],
    }
    sites = sorted(both["site"].dropna().unique())
    rows = {title: characteristics(people, sites) for title, people in columns.items()}
    titles = list(rows["Everybody"])
    table = pd.DataFrame({title: list(own.values()) for title, own in rows.items()})
    table.insert(0, "With image and genotypes", titles)
    return table


def characteristics(people: pd.DataFrame, sites: Sequence[str]) -> Mapping[str, str]:
    """Cells of a column, by their titles: numbers, mean ± SD, shares in percent of those of whom it is known."""
    women = people["sex"].dropna().astype(float) == 0
    cells = {
        "People": hidden(len(people)),
        "Families": hidden(people["family"].nunique()),
        "Age at imaging, years": _mean_sd(people["age"]),
        "Women": _share(women),
        "Largest ancestry": _share(people["largest_ancestry"]),
        "Outcome": _mean_sd(people["outcome"]),
        "Head size": _mean_sd(people["head_size"], ".2f"),
    }
    known = people["site"].dropna()
    return cells | {f"Site {site}": _share(known == site) for site in sites}


def hidden(count: int) -> str:
    """A number of people, or that they are fewer than 5 where there are some."""
    return _HIDDEN if 0 < count < FEWEST_OF_GROUP else str(count)


def _mean_sd(values: pd.Series, digits: str = ".1f") -> str:
    known = values.dropna().astype(float)
    if len(known) < FEWEST_OF_GROUP:
        return NOT_KNOWN
    return f"{known.mean():{digits}} ± {known.std():{digits}}"


def _share(members: pd.Series) -> str:
    count, everybody = int(np.asarray(members).sum()), len(members)
    # the complement would tell a hidden number too
    if not everybody or 0 < count < FEWEST_OF_GROUP or 0 < everybody - count < FEWEST_OF_GROUP:
        return (
            NOT_KNOWN if not everybody else _HIDDEN if count < FEWEST_OF_GROUP else f"> {everybody - FEWEST_OF_GROUP}"
        )
    return f"{count} ({100 * count / everybody:.0f} %)"
