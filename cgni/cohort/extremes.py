"""The warning for studies of the two extreme groups alone."""

import pandas as pd

_FEWEST_OUTSIDE = 0.2  # share of imaged people outside the groups; study C7


def extremes_warning(participants: pd.DataFrame) -> str:
    """What to say where nearly everybody with image and genotypes is in one of the two groups; empty otherwise.

    Genes and brain correlate in such people even though neither acts on the other, because both act on
    the score that people were chosen by (a collider).

    Parameters
    ----------
    participants
        has_image, has_genotypes and wm_group (missing: in neither group) of the participants table.
    """
    imaged = participants[participants["has_image"] & participants["has_genotypes"]]
    outside = int(imaged["wm_group"].isna().sum())
    if imaged.empty or outside >= _FEWEST_OUTSIDE * len(imaged):
        return ""
    return (
        f"Only {outside} of {len(imaged)} people with an image and genotypes are outside the two working-memory "
        "groups. Choosing people by their score makes genes and brain correlate even where neither acts on the other, "
        "so that correlations and calls may come from the choice of people. Give the images of the people between the "
        "groups too."
    )
