"""A made-up fold: two classes, one SD apart in every imaging feature."""

import numpy as np
import pandas as pd

from cgni.base.views import GENETICS, IMAGING
from cgni.fold_data.people import FoldData


def made_up_fold() -> FoldData:
    """70 fit, 20 monitor, 20 validation and 10 holdout people, in this order."""
    rng, people = np.random.default_rng(0), 120
    labels = rng.integers(0, 2, people)
    part = np.repeat(np.array(["fit", "monitor", "validation", "holdout"], dtype=object), [70, 20, 20, 10])
    views = {
        IMAGING: (rng.standard_normal((people, 7)) + labels[:, None]).astype(np.float32),
        GENETICS: rng.integers(0, 3, (people, 5)).astype(np.float32),
    }
    ids = pd.Index([f"p{n:03d}" for n in range(people)])
    return FoldData(ids, part, labels.astype(np.int64), views, [f"v{n}" for n in range(5)])
