"""Figures from hand-made inputs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from cgni.cohort.settings import OutcomeSettings
from cgni.figures.diagnostics import learning_panels, outcome_distribution
from cgni.figures.image_quality import worst_maps
from cgni.figures.map_making import cases_of, map_making
from cgni.figures.results import performance, recovery, snp_contributions
from cgni.figures.settings import FigureSettings
from cgni.figures.style import open_style
from cgni.imaging.store import GmStore
from tests.unit.figures.made_results import (
    LABELS,
    PALETTE,
    made_contributions,
    made_performance,
    nothing_gated,
    with_subspace,
)


@pytest.mark.parametrize("name", FIGURES)
def test_figures_repeat_to_the_byte(tmp_path: Path, name: str) -> None:
    style = open_style(FigureSettings(dpi=80, palette=PALETTE), stamp="")
    kinds = ("svg", "png", "pdf")
    for folder in ("a", "b"):
        style.save(FIGURES[name](), [tmp_path / folder / f"{name}.{kind}" for kind in kinds])
    for kind in kinds:
        first, again = (tmp_path / folder / f"{name}.{kind}" for folder in ("a", "b"))
        assert first.read_bytes() == again.read_bytes(), kind


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_left_as_mathematics_in_source(name: str) -> None:
    """Mathematics is not rendered (a name may hold a dollar sign), so the numbers of axes must be plain."""
    open_style(FigureSettings(dpi=80, palette=PALETTE), stamp="")
    figure = FIGURES[name]()
    figure.canvas.draw()
    texts = [text.get_text() for text in figure.findobj(Text)]
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
    assert [axes.get_title() for axes in figure.axes] == ["Holdout", "Out-of-fold people (validation)"]
    for axes, hollow in zip(figure.axes, (0, 1), strict=True):
        diamonds = [line for line in axes.lines if line.get_marker() == "D"]
        assert len(diamonds) == 2 and sum(line.get_markerfacecolor() == "white" for line in diamonds) == hollow


def test_figures_of_contributions_show_components_without_a_call_and_never_the_subspace() -> None:
    (axes,) = snp_contributions(nothing_gated(), _variants(), 3.0, PALETTE).axes
    assert [len(points.get_offsets()) for points in axes.collections] == [3, 0]
    (axes,) = snp_contributions(with_subspace(), _variants(), 3.0, PALETTE).axes
    assert axes.get_ylabel() == "z\ncomponent 1" and len(axes.collections[1].get_offsets()) == 2
    (panel,) = brain(with_subspace()).subfigs
    assert panel.get_suptitle() == "Component 1: Insula L"


def test_claims_are_drawn_where_they_are_judged() -> None:
    claims = pd.DataFrame({"who": "claims", "quantity": ["block recall", "block precision"], "value": [0.7, 0.9]})
    axes = recovery(pd.concat([made_recovery(), claims], ignore_index=True), PALETTE).axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["SNP recall", "block recall", "block precision"]
    assert [bar.get_height() for bar in axes.patches] == [0.5, 0.75, 0.7, 0.9]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["oracle", "pipeline", "claims"]


def test_snps_stand_in_the_order_of_the_chromosomes() -> None:
    (axes,) = snp_contributions(made_contributions(), _variants(), 3.0, PALETTE).axes
    every, called = axes.collections
    assert every.get_offsets()[:, 1].tolist() == [-3.4, -1.4, 0.4]  # 1:5, 1:9, 2:9
    assert sorted(called.get_offsets()[:, 1].tolist()) == [-3.4, -1.4]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["chr 1", "chr 2"]
    assert sorted(line.get_ydata()[0] for line in axes.lines) == [-3.0, 3.0]


def _painted(figure: Figure) -> set[int]:
    overlays = [axes.images[1].get_array() for axes in figure.axes]
    return {int(value) for overlay in overlays for value in np.unique(overlay.compressed())}


def test_called_regions_are_painted_by_direction() -> None:
    figure = brain(made_contributions())
    assert _painted(figure) == {2}  # Insula_L: more gray matter
    (panel,) = figure.subfigs
    assert panel.get_suptitle() == "Component 1: Insula L"
    less = made_contributions()
    less.loc[less["feature"].isin(["Insula_L", "Cuneus_R"]), "direction"] = "decrease"
    assert _painted(brain(less)) == {1}
    (panel,) = brain(made_contributions().assign(called=False)).subfigs
    assert panel.get_suptitle() == "Component 1: no region called"


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
    figure = map_making(made, PALETTE)
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
