"""What the report must say of the people of a study."""

import pandas as pd

_FEWEST_OUTSIDE = 0.2  # of imaged people: fewer outside the groups is a study of two extremes


def people_warnings(participants: pd.DataFrame) -> list[str]:
    """Warnings, a sentence or two each; none where there is nothing to warn of.

    Where the images are those of the two extreme WM groups, genes and brain correlate in them even though
    neither acts on the other, because both act on the score that people were chosen by (a collider).

    Parameters
    ----------
    participants
        has_image, has_genotypes and wm_group (missing: in neither group) of the participants table.
    """
    imaged = participants[participants["has_image"] & participants["has_genotypes"]]
    outside = float(imaged["wm_group"].isna().mean()) if len(imaged) else 0.0
    if outside >= _FEWEST_OUTSIDE:
        return []
    return [
        f"Only {outside:.0%} of the {len(imaged)} people with an image and genotypes are outside the two "
        "working-memory groups. Choosing people by their score makes genes and brain correlate even where neither "
        "acts on the other, so the correlations and calls below may come from the choice of people. Give the images "
        "of the people between the groups too."
    ]
