"""Figures from hand-made inputs."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from cgni.cohort.settings import OutcomeSettings
from cgni.contributions.called import consensus
from cgni.figures.brain import painted_components
from cgni.figures.brain_viewer import viewer_page
from cgni.figures.diagnostics import learning_panels, outcome_distribution
from cgni.figures.genome import snp_contributions, spread
from cgni.figures.image_quality import worst_maps
from cgni.figures.map_making import cases_of, map_making
from cgni.figures.results import performance, recovery
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style
from cgni.imaging.store import GmStore
from tests.unit.figures.made_figures import (
    FIGURES,
    POINTS,
    brain,
    made_atlas,
    made_curve,
    made_maps,
    made_places,
    made_quality,
    made_recovery,
)
from tests.unit.figures.made_results import (
    LABELS,
    PALETTE,
    by_published_rule,
    made_contributions,
    made_performance,
    nothing_gated,
    with_subspace,
)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No figure stays in memory."""
    yield
    plt.close("all")


@pytest.mark.parametrize("name", FIGURES)
def test_figures_repeat_to_the_byte_without_mathematics_in_source(tmp_path: Path, name: str) -> None:
    """Mathematics is not rendered (a name may hold a dollar sign), so the numbers of axes must be plain."""
    style = open_style(FigureSettings(dpi=80, palette=PALETTE), stamp="")
    kinds = ("svg", "png", "pdf")
    for folder in ("a", "b"):
        figure = FIGURES[name]()
        style.save(figure, [tmp_path / folder / f"{name}.{kind}" for kind in kinds])
    for kind in kinds:
        first, again = (tmp_path / folder / f"{name}.{kind}" for folder in ("a", "b"))
        assert first.read_bytes() == again.read_bytes(), kind
    texts = [text.get_text() for text in figure.findobj(Text)]  # as they were drawn
    assert texts and not [text for text in texts if "mathdefault" in text or "$" in text]


def test_a_stamp_stands_across_the_top(tmp_path: Path) -> None:
    leaky = open_style(FigureSettings(dpi=80, palette=PALETTE), stamp="LEAKY")
    figure = outcome_distribution(pd.Series([2, 9]), OutcomeSettings(), leaky.palette)
    leaky.save(figure, [tmp_path / "wm.png"])
    assert figure.get_suptitle() == "LEAKY"


def test_scores_of_any_scale_are_all_shown() -> None:
    axes = outcome_distribution(pd.Series([0, 1, 13, 13, None]), OutcomeSettings(low=(0, 4)), PALETTE).axes[0]
    bars = axes.containers[0]
    assert [round(bar.get_x() + bar.get_width() / 2) for bar in bars] == list(range(14))
    assert [bar.get_height() for bar in bars] == [1, 1, *[0] * 11, 2]


def test_learning_panels_take_one_metric_a_stage_and_number_the_folds() -> None:
    both = [pd.concat([made_curve(fold, "mae"), made_curve(9, "loss")]) for fold in (0.5, 1.5)]
    transfer = [made_curve(0.7, "balanced_accuracy")]
    contrastive = pd.concat([made_curve(2, "loss"), made_curve(9, "alignment")]).assign(fold=1)
    panels = learning_panels(both, transfer, contrastive, [1, 2, 4], "working memory")
    assert list(panels) == [
        "Brain age, MAE (years)",
        "Working memory, balanced accuracy",
        "Contrastive 124, loss",
    ]
    age, _, loss = panels.values()
    assert age.groupby("fold")["value"].unique().map(list).to_dict() == {0: [0.5], 1: [1.5]}
    assert set(loss["value"]) == {2} and set(loss["fold"]) == {1}


def test_models_stand_from_top_to_bottom_under_their_labels() -> None:
    models = ["imaging_cnn", "cgni_terms1", "confounds"]
    axes = performance(made_performance(), models, LABELS, PALETTE).axes[0]
    rows = {text.get_text(): tick for tick, text in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)}
    assert sorted(rows, key=rows.__getitem__, reverse=True) == ["Imaging CNN", "CGNI (1)", "Confounds only"]


def test_the_holdout_leads_and_selected_scores_are_hollow() -> None:
    figure = performance(made_performance(), ["cgni_terms1", "imaging_cnn"], LABELS, PALETTE)
    assert [axes.get_title() for axes in figure.axes] == ["Holdout, n = 46", "Out of fold (validation), n = 46"]
    for axes, hollow in zip(figure.axes, (0, 1), strict=True):
        diamonds = [line for line in axes.lines if line.get_marker() == "D"]
        assert len(diamonds) == 2 and sum(line.get_markerfacecolor() == "white" for line in diamonds) == hollow


def _genome(contributions: pd.DataFrame, rule: str = "permutation") -> Figure:
    return snp_contributions(contributions, made_places(), rule, 3.0)  # type: ignore[arg-type]


def test_snps_are_as_high_as_what_decides_by_the_rule() -> None:
    every = _genome(made_contributions()).axes[0].collections[0].get_offsets()
    # -log10 of p of 1:5, 1:9 and 2:9, in the order of the rows
    assert np.asarray(every)[:, 1] == pytest.approx([4.0, -np.log10(0.0009), -np.log10(0.9)])
    by_z = _genome(by_published_rule(), "sd").axes[0]
    assert np.asarray(by_z.collections[0].get_offsets())[:, 1] == pytest.approx([3.4, 1.4, 0.4])
    assert [line.get_ydata()[0] for line in by_z.lines] == [3.0]


def test_called_snps_bear_the_genes_of_their_blocks_strongest_one() -> None:
    (axes,) = _genome(made_contributions()).axes
    assert [text.get_text() for text in axes.texts] == ["FYN +1"]  # of 1:5, which stands for 1:9 of its block
    assert axes.get_title(loc="left") == "Component 1: 2 of n = 3 called"


def test_without_a_call_it_is_said_and_nothing_is_named() -> None:
    (axes,) = _genome(nothing_gated()).axes
    assert axes.get_title(loc="left") == "Component 1: none of n = 3 called" and not axes.texts
    assert len(axes.collections) == 1 and not axes.lines
    (axes,) = _genome(with_subspace()).axes  # the subspace is no panel, and calls in it alone are not drawn
    assert axes.get_title(loc="left") == "Component 1: 2 of n = 3 called"


def test_snps_stand_in_the_order_of_the_chromosomes_to_scale() -> None:
    x, middles = made_places().along()
    assert list(x.index) == ["1:5:A:G", "1:9:A:G", "2:9:A:G"] and list(middles.index) == ["1", "2"]
    assert abs(x.iloc[0]) < 1e-12 and (np.diff(x) > 0).all() and x.max() <= 1
    (axes,) = _genome(made_contributions()).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2"]


def test_labels_are_moved_apart_and_stay_in_their_order() -> None:
    moved = spread(np.array([0.0, 0.5, 0.5, 0.51, 1.0]), 0.1)
    assert (np.diff(moved) >= 0.1 - 1e-6).all() and moved.min() >= -1e-9 and moved.max() <= 1 + 1e-9
    assert spread(np.array([0.2, 0.8]), 0.1).tolist() == [0.2, 0.8]
    assert len(spread(np.array([]), 0.1)) == 0


def test_claims_are_drawn_where_they_are_judged() -> None:
    found = {"quantity": ["block recall", "block precision"], "value": [0.7, np.nan], "n": [10, 0]}
    claims = pd.DataFrame({"who": "claims", **found, "note": ""})
    axes = recovery(pd.concat([made_recovery(), claims], ignore_index=True), PALETTE).axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["SNP recall", "block recall", "block precision"]
    assert [bar.get_width() for bar in axes.patches] == [0.5, 0.75, 0.7, 0]
    told = [text.get_text() for text in axes.texts]
    assert told == ["0.50, n = 4", "0.75, n = 4", "0.70, n = 10", "none called"]
    assert axes.get_legend_handles_labels()[1] == ["oracle", "pipeline", "claims"]


def _painted(contributions: pd.DataFrame) -> dict[str, float]:
    """Colour value of the regions of `made_atlas` that have voxels, in component 1."""
    (component,) = painted_components(contributions, *made_atlas())
    atlas, _ = made_atlas()
    values = component.image.get_fdata()
    return {atlas.names[label]: float(np.unique(values[atlas.labels == label]).item()) for label in atlas.present}


def test_called_regions_have_their_share_with_the_sign_of_their_direction() -> None:
    assert _painted(made_contributions()) == {"Insula_L": 2.0, "Cuneus_R": 0.0}  # called alone, and nothing else
    less = made_contributions()
    less.loc[less["feature"].isin(["Insula_L", "Cuneus_R"]), "direction"] = "decrease"
    assert _painted(less) == {"Insula_L": -2.0, "Cuneus_R": 0.0}


def test_every_called_region_is_cut() -> None:
    both = made_contributions()
    both.loc[both["feature"] == "Cuneus_R", "called"] = True
    (component,) = painted_components(both, *made_atlas())
    atlas, affine = made_atlas()
    planes = [round((z - affine[2, 3]) / affine[2, 2]) for z in component.cuts]
    assert component.cuts == sorted(component.cuts)
    assert {3, 7} <= set(np.unique(atlas.labels[:, :, planes]))
    assert component.title == "Component 1: Insula L, Cuneus R"


def test_components_without_a_called_region_are_not_drawn() -> None:
    second = made_contributions().assign(component=2, called=False)
    figure = brain(pd.concat([made_contributions(), second], ignore_index=True))
    assert [text.get_text() for text in figure.texts] == ["Component 1: Insula L"]
    (words,) = brain(nothing_gated()).texts
    assert words.get_text().startswith("No region is called in any component (n = 3 regions tested)")


def test_regions_called_in_the_components_together_alone_are_said() -> None:
    together = with_subspace()
    together.loc[together["component"] != 0, "called"] = False
    (words,) = brain(together).texts
    assert "2 are called in the components together" in " ".join(words.get_text().split())
    assert len(consensus(together, "imaging")) == 3


def test_the_viewer_asks_for_nothing_from_anywhere() -> None:
    page = viewer_page(painted_components(made_contributions(), *made_atlas()), "LEAKY <1>")
    inside = html.unescape(page)
    assert not re.search(r"https?://", inside) and page.count("<iframe") == 1
    assert "LEAKY &lt;1&gt;" in page and "n = 1: Insula L" in page and "brainsprite" in inside
    assert len(page) < 4e6  # of one component: the template and the scripts
    nothing = viewer_page([])
    assert "<iframe" not in nothing and "No region is called" in nothing


def test_maps_without_what_a_panel_needs_are_left_out_of_it() -> None:
    quality = made_quality()
    quality.qc.loc[0, "r"] = np.nan
    quality.participants.loc[[1, 2], "site"] = None
    assert len(quality.known("r")) == 49 and len(quality.known("r", "site")) == 47
    assert list(quality.known("r", "head_size").columns) == ["passed", "r", "head_size"]


def test_relations_are_named_with_their_p() -> None:
    quality = made_quality()
    assert quality.relation("site", "η²") == "η² = 0.100, p = 0.500"
    assert quality.relation("sex", "η²") == "η² = 0.200, p < 0.001"
    assert quality.relation("head_size", "ρ") == "not known for enough people"


def test_worst_maps_are_read_worst_first() -> None:
    maps = np.stack([np.full((2, 3, 4), value, np.float32) for value in range(4)])
    store = GmStore(maps, pd.Index(list("abcd")), np.eye(4))
    worst = worst_maps(store, np.array([0.9, 0.2, np.nan, 0.5]), count=3)
    assert [density.max() for _, density in worst] == [2, 1, 3]
    assert np.isnan(worst[0][0]) and [r for r, _ in worst[1:]] == [0.2, 0.5]


def test_the_shown_cases_are_the_worst_and_the_middle_ones() -> None:
    made = made_maps()
    r = made.quality.loc[made.quality["path"].notna(), "r_template"].sort_values().to_numpy()
    titles = list(cases_of(made.quality))
    assert titles[:4] == [f"worst {number + 1}: r = {r[number]:.3f}" for number in range(4)]
    assert titles[4:] == [f"median {number + 1}: r = {r[17 + number]:.3f}" for number in range(2)]
    figure = map_making(made, POINTS)
    texts = [text.get_text() for text in figure.findobj(Text)]
    assert "3 images without a map" in texts and "3 images that cut off a part of the brain" in texts


def test_a_continuous_outcome_has_no_groups_and_many_values_make_a_histogram() -> None:
    own = OutcomeSettings(kind="continuous", measure="reaction time", unit="ms")
    values = pd.Series(np.random.default_rng(0).normal(500, 80, 400))
    axes = outcome_distribution(values, own, PALETTE).axes[0]
    assert axes.get_xlabel() == "Reaction time (ms)"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["n = 400"]
    assert sum(bar.get_height() for bar in axes.containers[0]) == 400


def test_the_outcomes_panel_shows_the_score_that_decides() -> None:
    panels = learning_panels(
        [made_curve(0.5, "mae")], [made_curve(0.2, "r2")], made_curve(1.0, "loss").assign(fold=0), [1], "memory"
    )
    assert list(panels)[1] == "Memory, R²"
