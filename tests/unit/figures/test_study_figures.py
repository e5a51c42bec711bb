"""What figures of attrition, networks, scores, components, linkage, effects, terms and embeddings say."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from sklearn.decomposition import PCA

from cgni.base.errors import InputError
from cgni.cohort.schemas import ATTRITION
from cgni.figures.ablation import ablation
from cgni.figures.architecture import architecture, fit_people, network_sizes
from cgni.figures.attrition_flow import attrition_flow
from cgni.figures.boxes import Box
from cgni.figures.cells import FEWEST_OF_GROUP
from cgni.figures.component_null import component_null, joined
from cgni.figures.discrimination import discrimination
from cgni.figures.effects import allele_region_effects
from cgni.figures.embedding_maps import embedding_maps, unseen_embeddings
from cgni.figures.image_quality import gm_quality
from cgni.figures.linkage import called_blocks, claimed_snps, development_genotypes, linkage
from cgni.figures.map_making import map_making
from cgni.figures.people_points import hexagons, people_look
from cgni.figures.results import canonical_variates
from cgni.figures.term_dots import term_dots
from cgni.imaging.atlas import read_atlas
from cgni.imaging.atlas_grid import read_atlas_as_it_is
from cgni.imaging.atlases import atlas_files
from tests.unit.figures.made_figures import (
    CONTINUOUS,
    HEXAGONS,
    POINTS,
    made_allele_directions,
    made_attrition,
    made_embeddings,
    made_genotypes,
    made_maps,
    made_null,
    made_people,
    made_predictions,
    made_quality,
    made_splits,
    made_terms,
    made_variates,
)
from tests.unit.figures.made_results import (
    PALETTE,
    RSIDS,
    made_blocks,
    made_components,
    made_correlations,
    made_directions,
    made_performance,
    study_models,
)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No figure stays in memory."""
    yield
    plt.close("all")


def _texts(part: Figure | Axes) -> list[str]:
    return [text.get_text().strip() for text in part.texts]


def test_every_exclusion_stands_with_its_number_and_parts_are_none() -> None:
    (axes,) = attrition_flow(made_attrition(), made_splits(), 3).axes
    words = " | ".join(_texts(axes))
    people = "Main table, n = 100 | Left out, n = 7 | withdrawn, n = 5 | reported sex differs from genetic"
    assert people in words and "In the cohort, n = 93" in words
    assert "largest ancestry" not in words  # nobody is removed there
    assert "With image, n = 80 | With image and genotypes, n = 70 | Low group, n = 30" in words
    assert "Development, n = 90 | Holdout, n = 10" in words
    # summed over both chromosomes
    assert "Candidates, n = 11 | Left out, n = 2 | rare, n = 2 | SNPs tested, n = 9 | LD blocks, n = 3" in words
    assert "fails: gene in the network, n = 2" in words  # a step that is named by what it keeps
    assert "Listed images, n = 80 | Left out, n = 1 | r with the reference" in words


def test_stages_of_imaging_follow_each_other_in_one_column() -> None:
    rows = [("imaging", "images given", "images", None, 0, 9, None), ("imaging", "no map", "images", None, 2, 7, None)]
    rows += [("imaging", "unknown among them", "values", None, 0, 3, None)]
    made = pd.DataFrame(rows, columns=ATTRITION.names)
    (axes,) = attrition_flow([*made_attrition(), made], made_splits(), 3).axes
    words = " | ".join(_texts(axes))
    assert (
        "Usable images, n = 79 | Images given, n = 9 | Left out, n = 2 | no map, n = 2 | Usable images, n = 7" in words
    )
    assert "nknown among" not in words and [word for word in _texts(axes) if word in ("People", "Imaging", "SNPs")]


def test_a_number_stays_with_its_n() -> None:
    lines = Box(["a reason of some length that is broken, n = 1,234"]).wrapped(30).lines
    assert len(lines) > 1 and any("n = 1,234" in line for line in lines)


def test_sizes_of_the_networks_are_those_of_the_study() -> None:
    layers = {"imaging": [64], "genetics": [800, 400, 100]}
    # 31, 37, 31 voxels: minus 2 of the kernel, halved, and so again: 14 x 17 x 14, then 6 x 7 x 6
    sizes = network_sizes([31, 37, 31], ([8, 16], 3), 0, 379, (layers, [1, 4]), ([250], ["genetics_embedding"]), 2)
    assert sizes.features == 16 * 6 * 7 * 6 and sizes.terms == "(1)+(4)"
    (axes,) = architecture(sizes, {"encoders": 770}).axes
    words = " | ".join(_texts(axes))
    assert "31×37×31 voxels" in words and "block 1: 8 × 14×17×14 | block 2: 16 × 6×7×6" in words
    assert "h_v | 4,032" in words and "800 → 400 → | latent: 100" in words and "sees z_g" in words
    assert "encoders n = 770" in words


def test_people_of_the_networks_are_the_least_of_the_folds() -> None:
    rows = [
        ("train_contrastive_terms1", 0, "fit", 70),
        ("train_contrastive_terms1", 1, "fit", 68),
        ("train_contrastive_terms1", 1, "monitor", 5),
        ("train_contrastive_terms12", 1, "fit", 3),
        ("train_classifier_cgni_terms1", 0, "fit", 60),
    ]
    lineage = pd.DataFrame(rows, columns=["rule", "fold", "use", "people"])
    assert fit_people(lineage, "terms1", "cgni_terms1") == {"encoders": 68, "head": 60}


def test_curves_bear_the_scores_of_the_table_and_start_and_end_where_they_must() -> None:
    holdout, unseen, shares, _ = discrimination(made_predictions(), POINTS).axes
    assert [axes.get_title() for axes in (holdout, unseen)] == ["Holdout, n = 46", "Out of fold, n = 46"]
    names = [text.get_text() for text in holdout.get_legend().get_texts()]
    assert names[0] == "CGNI (1)+(2)+(4): AUC 0.700 [0.660, 0.740]" and len(names) == 3
    assert unseen.get_legend().get_texts()[0].get_text().endswith("(selected)")
    for line in [*holdout.lines, *unseen.lines]:
        x, y = map(np.asarray, (line.get_xdata(), line.get_ydata()))
        assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1) and (np.diff(x) >= 0).all() and (np.diff(y) >= 0).all()
    assert shares.texts[0].get_text() == "bins of at least 10 people"


def test_scores_of_too_few_people_are_no_curve() -> None:
    found = made_predictions()
    few = found.performance.copy()
    few.loc[(few["split"] == "holdout") & few["metric"].isin(["tp", "fn", "tn", "fp"]), "value"] = 1
    holdout = discrimination(type(found)(**{**vars(found), "performance": few}), POINTS).axes[0]
    assert not holdout.lines and _texts(holdout) == ["too few people (n = 4)"]


def test_bins_of_too_few_people_are_not_drawn() -> None:
    found = made_predictions()
    few = found.reliability.assign(people=lambda rows: rows["people"].mask(rows["split"] == "holdout", 9))
    _, _, holdout, unseen = discrimination(type(found)(**{**vars(found), "reliability": few}), POINTS).axes
    assert _texts(holdout) == ["no bin of 10 people or more"] and _texts(unseen) == ["bins of at least 10 people"]
    assert [len(line.get_xdata()) for line in holdout.lines] == [0, 0, 0, 2]  # but for the diagonal
    assert [len(line.get_xdata()) for line in unseen.lines] == [9, 9, 9, 2]


def test_values_are_drawn_against_those_predicted() -> None:
    holdout, unseen = discrimination(made_predictions(continuous=True), CONTINUOUS).axes
    assert holdout.get_title().endswith("R² 0.200 [0.100, 0.300]") and unseen.get_xlabel() == "Predicted"
    (points,) = unseen.collections
    assert len(np.asarray(points.get_offsets())) == 90


def test_models_that_were_scored_on_other_people_are_refused() -> None:
    found = made_predictions()
    development = {**found.development, "confounds": found.development["confounds"].iloc[1:]}
    with pytest.raises(InputError, match="not the same people"):
        discrimination(type(found)(**{**vars(found), "development": development}), POINTS)


def test_loss_terms_that_are_in_are_filled_and_the_chosen_subset_is_named() -> None:
    terms, holdout, unseen = ablation(made_performance(), study_models(), PALETTE).axes
    dots = {(line.get_xdata()[0], line.get_ydata()[0]): line.get_color() for line in terms.lines}
    filled = {place for place, colour in dots.items() if colour == "#1f2733"}
    assert filled == {(0, 0), (0, -1), (1, -1), (3, -1)}  # (1); and (1), (2), (4)
    assert [text.get_text() for text in terms.get_yticklabels()] == ["", "chosen"]
    for axes, hollow in ((holdout, 0), (unseen, 2)):
        diamonds = [line for line in axes.lines if line.get_marker() == "D"]
        assert len(diamonds) == 2 and sum(line.get_markerfacecolor() == "white" for line in diamonds) == hollow


def test_the_null_of_a_component_is_its_mean_over_folds() -> None:
    null = made_null()
    (axes,) = component_null(made_components(), made_correlations(), null, PALETTE).axes
    drawn = next(line for line in axes.lines if line.get_marker() == ".")
    means = null.groupby("replicate")["partial_r"].mean()
    assert np.sort(drawn.get_xdata()) == pytest.approx(np.sort(means))
    (bar,) = axes.patches
    assert [bar.get_x(), bar.get_x() + bar.get_width()] == pytest.approx(np.quantile(means, [0.025, 0.975]))
    (words,) = _texts(axes)
    assert words == "holdout p 0.002; whole analysis p 0.016"


def test_a_study_without_a_null_says_so() -> None:
    figure = component_null(made_components(False), made_correlations(), joined([]), PALETTE)
    assert "no null was run" in [text.get_text() for text in figure.legends[0].get_texts()]
    assert not figure.axes[0].patches


def test_pairs_are_those_with_the_smallest_p_and_bear_their_names() -> None:
    genes, pairs = allele_region_effects(made_allele_directions(), RSIDS, PALETTE).axes
    assert [text.get_text() for text in genes.get_yticklabels()] == ["MAPT"]
    assert [text.get_text() for text in pairs.get_yticklabels()] == ["rs5, Insula L", "2:9:A:G, Insula L"]
    first = pairs.containers[0]
    assert first.lines[0].get_xdata()[0] == 0.2
    (segments,) = first.lines[2]
    assert segments.get_segments()[0][:, 0] == pytest.approx([0.1, 0.3])
    (words,) = _texts(allele_region_effects(made_directions(), RSIDS, PALETTE))
    assert words.startswith("No SNP and region are both called") and "n = 0 pairs" in " ".join(words.split())


def test_terms_beyond_the_null_are_filled_and_the_others_hollow() -> None:
    figure = term_dots(made_terms(), "", PALETTE)
    axes = figure.axes[0]
    assert axes.get_yticklabels()[0].get_text() == "dendrite"
    faces = {}
    for points in axes.collections:
        for x, y in np.asarray(points.get_offsets()):
            faces[round(-float(y))] = (round(float(x), 6), points.get_facecolor()[0][:3].tolist() == [1, 1, 1])
    assert faces == {0: (4, False), 1: (3, True), 2: (2, True)}
    assert figure.legends[0].get_title().get_text().startswith("1 of n = 3 terms beyond the null")
    (words,) = _texts(term_dots(made_terms().iloc[:0], "no SNP is called", PALETTE))
    assert words == "No term: no SNP is called (n = 0 terms)."


def test_blocks_of_several_components_stand_once_with_all_their_called_snps() -> None:
    blocks = made_blocks()
    again = blocks.assign(component=2, called_snps="1:9:A:G", genes="FYN")
    blocks.loc[0, "called_snps"] = "1:5:A:G"
    (block,) = called_blocks(pd.concat([blocks, again])).itertuples()
    assert block.members == block.called_snps == ["1:5:A:G", "1:9:A:G"] and block.genes == ["FYN", "MAPT"]


def test_linkage_is_that_of_development_people_with_known_counts() -> None:
    genotypes = made_genotypes().astype("Int8")
    genotypes.iloc[3, 0] = pd.NA
    axes = linkage(made_blocks(), genotypes).axes[0]
    known = genotypes.dropna().astype(float)
    expected = np.corrcoef(known.to_numpy().T)[0, 1] ** 2
    drawn = np.asarray(axes.images[0].get_array())
    assert drawn[0, 1] == pytest.approx(expected) and drawn[0, 0] == pytest.approx(1)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["FYN +1 (chr 1)"]
    assert axes.get_title().startswith("n = 60 development people; 1 called blocks")
    table = made_genotypes().assign(participant_id=[str(number) for number in range(60)])
    kept = development_genotypes(table, made_splits())
    assert claimed_snps(made_blocks()) == ["1:5:A:G", "1:9:A:G"]
    assert len(kept) == 54 and list(kept.columns) == ["1:5:A:G", "1:9:A:G"]


def test_embeddings_are_placed_by_components_of_training_people() -> None:
    """Against sklearn's PCA, fitted to the same people; the sign of an axis is free."""
    embeddings, splits = made_embeddings(), made_splits()
    found = unseen_embeddings(embeddings, made_people(), splits)["genetics"]
    own = embeddings[embeddings["fold"] == 0].set_index("participant_id").filter(like="genetics_")
    ids = splits.set_index("participant_id")
    training, unseen = ids.index[ids["fold"] == 1], ids.index[ids["fold"] == 0]
    pca = PCA(2).fit(own.loc[training])
    assert np.abs(found.places) == pytest.approx(np.abs(pca.transform(own.loc[unseen])))
    assert found.shares == pytest.approx(PCA().fit(own.loc[training]).explained_variance_ratio_[:2])
    assert "participant_id" not in found.people and len(found.people) == len(unseen)


def test_real_people_are_never_points() -> None:
    """Hexagons of fewer than five people are left out, and no mark stands for one person."""
    unseen = unseen_embeddings(made_embeddings(), made_people(), made_splits())
    for figure in (
        embedding_maps(unseen, HEXAGONS),
        canonical_variates(made_variates(), HEXAGONS),
        gm_quality(made_quality(), HEXAGONS),
        map_making(made_maps(), HEXAGONS),
    ):
        kinds = {type(drawn) for axes in figure.axes for drawn in axes.collections if drawn.get_label() != "_colorbar"}
        assert PathCollection not in kinds and PolyCollection in kinds
    assert PathCollection in {type(drawn) for drawn in canonical_variates(made_variates(), POINTS).axes[0].collections}
    assert people_look("groups", ("low", "high"), PALETTE, simulated=False).as_points is False
    _, axes = plt.subplots()
    rng = np.random.default_rng(0)
    x, y = pd.Series(rng.normal(size=400)), pd.Series(rng.normal(size=400))
    counts = hexagons(axes, x, y, None, PALETTE).get_array()
    assert counts is not None and np.asarray(counts).min() >= FEWEST_OF_GROUP


def test_an_atlas_as_it_is_has_its_own_grid() -> None:
    image, names = atlas_files("aal", None)
    atlas, affine = read_atlas_as_it_is(image, names)
    again = read_atlas(image, names, atlas.labels.shape, affine)
    assert np.array_equal(atlas.labels, again.labels) and len(atlas.present) == 116 and not atlas.lost
    with pytest.raises(InputError, match="label image"):
        read_atlas_as_it_is(names, names)
