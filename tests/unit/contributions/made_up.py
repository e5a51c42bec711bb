"""Made-up contributions of twenty regions and twenty SNPs, and shares of null replicates."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, IMAGING, VIEWS
from cgni.contributions.calls import summarise

FEATURES = {
    view: [f"{letter}{number:02d}" for number in range(20)] for view, letter in ((IMAGING, "r"), (GENETICS, "s"))
}
FOLDS = 3


def occlusion(
    rng: np.random.Generator, view: str, components: int, strong: Mapping[int, Sequence[str]], height: float
) -> pd.DataFrame:
    """Rows of `occlusion.schemas.OCCLUSION`: normal noise, and `height` for the strong features of a component."""
    parts = []
    for fold in range(FOLDS):
        for component in range(1, components + 1):
            values = rng.normal(0, 1, len(FEATURES[view]))
            values[np.isin(FEATURES[view], strong.get(component, []))] = height
            found = {"contribution": values, "absolute": np.abs(values), "correlation": np.sign(values)}
            parts.append(pd.DataFrame({"fold": fold, "component": component, "feature": FEATURES[view], **found}))
    return pd.concat(parts, ignore_index=True)


@functools.cache
def null_shares(replicates: int, components: int) -> tuple[pd.DataFrame, ...]:
    """Batches of `schemas.NULL_SHARES`; nobody changes them."""
    rng = np.random.default_rng(11)
    names = ["component", "fold", "feature", "share", "z"]
    return tuple(
        summarise(occlusion(rng, view, components, {}, 0.0), np.inf)[names].assign(view=view, replicate=replicate)
        for replicate in range(replicates)
        for view in VIEWS
    )


def gate_table(components: int, gated: Sequence[int]) -> pd.DataFrame:
    """The columns of `schemas.COMPONENT_TESTS` that the calls look at."""
    numbers = np.arange(1, components + 1)
    return pd.DataFrame({"component": numbers, "gated": np.isin(numbers, gated)})


def genotypes(rng: np.random.Generator) -> pd.DataFrame:
    """Counts of 200 people; s05 is a copy of s04, and one count of s07 is missing."""
    table = pd.DataFrame(rng.integers(0, 3, (200, 20)).astype(float), columns=FEATURES[GENETICS])
    table["s05"] = table["s04"]
    table.loc[3, "s07"] = np.nan
    table.insert(0, "participant_id", [f"p{number}" for number in range(200)])
    return table
