"""The table of brain age beside the published errors."""

import pandas as pd

from cgni.audit.schemas import BRAIN_AGE
from cgni.figures.brain_age_table import brain_age_table


def test_splits_are_means_over_folds_beside_the_published_ones() -> None:
    rows = [(0, "fit", 90, 3.0, 6.0, 0.9), (1, "fit", 92, 4.0, 6.0, 0.9), (0, "monitor", 0, None, None, None)]
    rows += [(fold, "holdout", 20, 5.0, 7.0, None) for fold in range(2)]
    table = brain_age_table(pd.DataFrame(rows, columns=BRAIN_AGE.names)).set_index("Split")
    assert table.index.tolist() == ["Fit people", "Holdout"]  # nobody watched
    # the SD of 3 and 4 is the root of one half
    assert table.loc["Fit people"].tolist() == ["3.50 ± 0.71", "6.00 ± 0.00", "0.90 ± 0.00", "90 to 92", "2.82 ± 0.04"]
    assert table.loc["Holdout"].tolist() == ["5.00 ± 0.00", "7.00 ± 0.00", "–", "20", "2.47 ± 0.2"]
