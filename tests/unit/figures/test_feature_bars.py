"""The bars of a table's features."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.colors import to_rgba

from cgni.contributions.called import CONSENSUS
from cgni.figures.feature_bars import feature_contributions
from cgni.figures.style import DECREASE, INCREASE, NEUTRAL


def _contributions() -> pd.DataFrame:
    rows = [
        (1, "left (ml)", 4.0, True, "decrease"),
        (1, "right_(ml)", 3.0, True, "increase"),
        (1, "middle", 5.0, False, "increase"),
        (2, "left (ml)", 1.0, False, "increase"),
        (2, "right_(ml)", None, False, "none"),
        (2, "middle", 2.0, False, "decrease"),
    ]
    table = pd.DataFrame(rows, columns=["component", "feature", "share", "called", "direction"])
    return table.assign(view="imaging", fold=CONSENSUS)


def test_called_features_stand_first_and_bear_their_sign() -> None:
    figure = feature_contributions(_contributions(), shown=2)
    first, second = figure.axes
    assert first.get_title() == "Component 1: 2 of n = 3 called"
    assert second.get_title() == "Component 2: 0 of n = 3 called"
    assert [label.get_text() for label in first.get_yticklabels()] == ["right (ml)", "left (ml)"]  # from below
    assert [bar.get_width() for bar in first.patches] == [3.0, 4.0]
    assert [bar.get_facecolor() for bar in first.patches] == [to_rgba(INCREASE), to_rgba(DECREASE)]
    assert {bar.get_facecolor() for bar in second.patches} == {to_rgba(NEUTRAL)}
    plt.close(figure)
