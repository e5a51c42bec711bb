"""Every figure of a study from hand-made results: such as they are, and where nothing is called or known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgni.classification.schemas import HOLDOUT, PREDICTIONS, RELIABILITY
from cgni.cohort.schemas import ATTRITION
from cgni.cohort.settings import OutcomeSettings
from cgni.contributions.schemas import NULL_CORRELATIONS
from cgni.contributions.schemas_claims import BLOCKS, DIRECTIONS
from cgni.enrichment.schemas import TERMS
from cgni.figures.ablation import ablation
from cgni.figures.architecture import architecture, network_sizes
from cgni.figures.attrition_flow import attrition_flow
from cgni.figures.brain import region_contributions
from cgni.figures.component_null import component_null, joined
from cgni.figures.diagnostics import learning_curves, outcome_distribution
from cgni.figures.discrimination import Predictions, discrimination
from cgni.figures.effects import allele_region_effects
from cgni.figures.embedding_maps import embedding_maps, unseen_embeddings
from cgni.figures.feature_bars import feature_contributions
from cgni.figures.genome import SnpPlaces, snp_contributions
from cgni.figures.image_quality import MapQuality, gm_quality
from cgni.figures.linkage import linkage
from cgni.figures.map_making import MapMaking, cases_of, map_making
from cgni.figures.people_points import PeopleLook
from cgni.figures.results import canonical_variates, performance, recovery
from cgni.figures.term_dots import term_dots
from cgni.imaging.atlas import Atlas
from tests.unit.figures.made_results import (
    LABELS,
    PALETTE,
    RSIDS,
    made_blocks,
    made_components,
    made_contributions,
    made_correlations,
    made_directions,
    made_performance,
    nothing_gated,
    study_models,
)

POINTS = PeopleLook(("low", "high"), PALETTE, as_points=True)
HEXAGONS = PeopleLook(("low", "high"), PALETTE, as_points=False)
CONTINUOUS = PeopleLook((), PALETTE, as_points=True)
PROPOSED = "cgni_terms124"


def made_curve(value: float = 1.0, metric: str = "mae") -> pd.DataFrame:
    """Two epochs of fit and monitor people."""
    splits = ["fit", "fit", "monitor", "monitor"]
    return pd.DataFrame({"epoch": [1, 2, 1, 2], "split": splits, "metric": metric, "value": value})


def made_quality() -> MapQuality:
    """50 maps of two sites, half of them removed."""
    rng = np.random.default_rng(0)
    ids = [str(number) for number in range(50)]
    people = {"participant_id": ids, "site": ["a", "b"] * 25, "head_size": rng.random(50)}
    qc = pd.DataFrame({"participant_id": ids, "r": rng.uniform(0.8, 1, 50)})
    return MapQuality(
        qc=qc.assign(passed=qc["r"] > 0.9),
        column="r",
        participants=pd.DataFrame(people),
        relations=pd.DataFrame({"variable": ["site", "sex"], "value": [0.1, 0.2], "p": [0.5, 1e-9]}),
        threshold=0.9,
        least_r_image=0.9,
        worst=[(np.nan, rng.random((5, 6, 7)))],
        reference=rng.random((5, 6, 7)),
    )


def made_maps() -> MapMaking:
    """40 images, three of which gave no map."""
    rng = np.random.default_rng(0)
    ids = [f"{number:02d}" for number in range(40)]
    quality = pd.DataFrame({"participant_id": ids, "path": [f"maps/{name}.nii.gz" for name in ids], "reason": None})
    quality = quality.assign(gm_ml=rng.normal(600, 40, 40), tiv_ml=rng.normal(1500, 90, 40), r_template=rng.random(40))
    quality.loc[[3, 5, 8], ["path", "reason"]] = [[None, "images that cut off a part of the brain"]] * 3
    slices = {
        f"{what}_{name}": rng.integers(0, 256, (20, 24), dtype=np.uint8)
        for what in ("t1", "gray")
        for name in ("axial", "coronal")
    }
    people = pd.DataFrame({"participant_id": ids, "age": rng.uniform(45, 80, 40)})
    return MapMaking(quality, people, dict.fromkeys(cases_of(quality), slices))


def made_places() -> SnpPlaces:
    """The SNPs of `made_contributions`: two of one block on chromosome 1, one without a gene on chromosome 2."""
    places = {"variant_id": ["2:9:A:G", "1:9:A:G", "1:5:A:G"], "chrom": ["2", "1", "1"], "pos": [9, 9, 5]}
    genes = pd.DataFrame({"variant_id": ["1:5:A:G", "1:5:A:G", "1:9:A:G"], "symbol": ["MAPT", "FYN", "FYN"]})
    return SnpPlaces(pd.DataFrame(places).assign(ld_block=["2_1", "1_1", "1_1"]), genes)


def made_atlas() -> tuple[Atlas, np.ndarray]:
    """Three regions in 12 mm voxels, of which Insula_R (5) has none; and the affine."""
    labels = np.zeros((15, 18, 15), np.int32)
    labels[4:7, 6:12, 5:11], labels[8:11, 6:12, 5:11] = 3, 7
    affine = np.diag([12.0, 12.0, 12.0, 1.0])
    affine[:3, 3] = (-84, -120, -66)
    return Atlas(labels, pd.Series({3: "Insula_L", 5: "Insula_R", 7: "Cuneus_R"})), affine


def brain(contributions: pd.DataFrame) -> Figure:
    """Fig. 3 on `made_atlas`."""
    return region_contributions(contributions, *made_atlas())


def made_variates(components: int = 1) -> pd.DataFrame:
    """30 validation people of one fold."""
    rng = np.random.default_rng(0)
    groups = pd.array([0, 1, None] * 10, dtype="Int8")
    own = {"fold": 0, "part": "validation", "outcome_group": groups}
    tables = [
        pd.DataFrame({**own, "component": number + 1, "imaging": rng.random(30), "genetics": rng.random(30)})
        for number in range(components)
    ]
    return pd.concat(tables, ignore_index=True)


def made_recovery() -> pd.DataFrame:
    """The oracle finds two of four, the pipeline three."""
    return pd.DataFrame(
        {"who": ["oracle", "pipeline"], "quantity": "SNP recall", "value": [0.5, 0.75], "n": 4, "note": ""}
    )


def made_attrition() -> list[pd.DataFrame]:
    """Seven of 100 people, one of 80 images and two SNPs on two chromosomes are left out."""
    rows = [
        ("cohort", "main table", "participants", None, 0, 100, None),
        ("cohort", "withdrawn", "participants", None, 5, 95, None),
        ("cohort", "largest ancestry", "participants", None, 0, 80, "nobody is removed"),
        ("cohort", "reported sex differs from genetic sex", "participants", None, 2, 93, None),
        ("cohort", "with image", "participants", None, 0, 80, None),
        ("cohort", "with image and genotypes", "participants", None, 0, 70, None),
        ("cohort", "low group with image and genotypes", "participants", None, 0, 30, None),
        ("genetics", "eQTL table", "pairs", None, 0, 12, None),
        ("genetics", "gene in the network", "pairs", None, 2, 10, None),
        ("genetics", "candidates", "variants", "1", 0, 6, None),
        ("genetics", "candidates", "variants", "2", 0, 5, None),
        ("genetics", "rare", "variants", "1", 2, 4, None),
        ("genetics", "rare", "variants", "2", 0, 5, None),
        ("imaging", "listed images", "images", None, 0, 80, None),
        ("imaging", "r with the reference not above 0.9", "images", None, 1, 79, None),
    ]
    table = pd.DataFrame(rows, columns=ATTRITION.names)
    return [own for _, own in table.groupby("stage", sort=False)]


def made_splits(people: int = 100) -> pd.DataFrame:
    """Every tenth person is in the holdout; the others in two folds."""
    numbers = np.arange(people)
    role = np.where(numbers % 10 == 0, "holdout", "development")
    fold = np.where(role == "holdout", -1, numbers % 2)
    return pd.DataFrame({"participant_id": numbers.astype(str), "role": role, "fold": fold})


def made_predictions(continuous: bool = False) -> Predictions:
    """100 people, whose predictions follow what is observed, of a model more than of the next."""
    rng, splits = np.random.default_rng(0), made_splits()
    label = rng.integers(0, 2, 100)
    models = [PROPOSED, "imaging_cnn", "confounds"]
    development, holdout = {}, []
    for noise, model in enumerate(models, start=1):
        score = label + rng.normal(0, 0.4 * noise, 100)
        own = splits.assign(label=label, part="validation", model=model, probability=1 / (1 + np.exp(1 - 2 * score)))
        own = own.assign(target=score, predicted=label.astype(float)) if continuous else own
        values = ["target", "predicted"] if continuous else []
        inside = own["role"] == "development"
        development[model] = own.loc[inside, [*PREDICTIONS.names, *values]]
        holdout.append(own.loc[~inside, [*HOLDOUT.names, *values]].assign(fold=0))
    bins = [
        (model, split, False, number, 10, 0.1 * number, min(0.1 * number + 0.05, 1.0))
        for model in models
        for split in ("validation", "holdout")
        for number in range(1, 10)
    ]
    scores = made_continuous_performance() if continuous else made_performance()
    reliability = pd.DataFrame(bins, columns=RELIABILITY.names)
    return Predictions(development, pd.concat(holdout), scores, reliability, LABELS, PROPOSED)


def made_continuous_performance() -> pd.DataFrame:
    """R² of 0.2 of every model."""
    rows = [
        (model, split, -1, name, value, 0.02, value - 0.1, value + 0.1, False)
        for model in LABELS
        for split in ("validation", "holdout")
        for name, value in (("r2", 0.2), ("r", 0.45), ("people", 90.0), ("fold_mean", 0.2), ("fold_sd", 0.1))
    ]
    return pd.DataFrame(rows, columns=made_performance().columns)


def made_embeddings() -> pd.DataFrame:
    """Four latent nodes of each view, two folds."""
    rng, ids = np.random.default_rng(0), made_splits()["participant_id"]
    nodes = [f"{view}_{number}" for view in ("imaging", "genetics") for number in range(4)]
    tables = [
        pd.DataFrame(rng.normal(size=(100, 8)), columns=nodes).assign(participant_id=ids, fold=k) for k in range(2)
    ]
    return pd.concat(tables, ignore_index=True)


def made_people() -> pd.DataFrame:
    """Age, sex, outcome and its group of the people of `made_splits`."""
    rng, ids = np.random.default_rng(1), made_splits()["participant_id"]
    groups = pd.array([0, 1, None, 1] * 25, dtype="Int8")
    ages, outcome = rng.uniform(45, 80, 100), rng.normal(size=100)
    table = {"participant_id": ids, "age": ages, "sex": rng.integers(0, 2, 100), "outcome": outcome}
    return pd.DataFrame({**table, "outcome_group": groups})


def made_null() -> pd.DataFrame:
    """Twenty replicates of two folds, around 0."""
    rng = np.random.default_rng(0)
    rows = [(n, fold, 1, r, r, 50) for n in range(20) for fold in range(2) for r in rng.normal(0, 0.1, 1)]
    return pd.DataFrame(rows, columns=NULL_CORRELATIONS.names)


def made_allele_directions() -> pd.DataFrame:
    """`made_directions` with two pairs of a SNP and a region."""
    pairs = [
        (
            "allele_region",
            None,
            snp,
            "Insula_L",
            people,
            400,
            1,
            None,
            r,
            0.05,
            r - 0.1,
            r + 0.1,
            0.01,
            0.02,
            "increase",
        )
        for snp, r in (("1:5:A:G", 0.2), ("2:9:A:G", -0.15))
        for people in ("out_of_fold", "holdout")
    ]
    table = pd.DataFrame(pairs, columns=DIRECTIONS.names).astype({"component": "Int8", "positive": "Int64"})
    return pd.concat([made_directions(), table], ignore_index=True)


def made_genotypes() -> pd.DataFrame:
    """Two SNPs that go together in 60 people."""
    counts = np.random.default_rng(0).integers(0, 3, 60)
    return pd.DataFrame({"1:5:A:G": counts, "1:9:A:G": np.minimum(counts + (np.arange(60) % 9 == 0), 2)})


def made_terms() -> pd.DataFrame:
    """Three terms, the first beyond the null."""
    names = ("dendrite", "regulation of the release of sequestered calcium ions into the cytosol", "synapse")
    own = {"component": -1, "background": "tested", "primary": True, "draws": 60, "genes": "MAPT;FYN", "engine": "o"}
    own |= {"term_size": 7, "query_size": 20, "background_size": 90, "data_version": "1", "p_bonferroni": 0.5}
    rows = [
        {**own, "source": f"GO:{kind}", "term_id": str(n), "term": name, "p": 10.0 ** -(4 - n), "intersection": 2 + n}
        for n, (kind, name) in enumerate(zip(("CC", "BP", "CC"), names, strict=True))
    ]
    table = pd.DataFrame(rows).assign(p_family=[0.03, 0.5, 0.9], p_null=[0.01, 0.2, 0.5], p_bh=0.1, q_null=0.3)
    return table[TERMS.names]


def _sizes(grid: list[int]) -> Figure:
    layers = {"imaging": [100], "genetics": [800, 400, 100]}
    head = ([250, 200, 150], ["genetics_embedding", "imaging"])
    sizes = network_sizes(grid, ([8, 16], 3), 60, 379, (layers, [1, 2, 4]), head, 2)
    return architecture(sizes, {"brain age": 800, "encoders": 770, "head": 600})


def _unseen(look: PeopleLook) -> Figure:
    return embedding_maps(unseen_embeddings(made_embeddings(), made_people(), made_splits()), look)


def _genome(contributions: pd.DataFrame) -> Figure:
    return snp_contributions(contributions, made_places(), "permutation", 3.0)


FIGURES: dict[str, Callable[[], Figure]] = {
    "outcome": lambda: outcome_distribution(pd.Series([2, 5, 9, 12, 7, None]), OutcomeSettings(), PALETTE),
    "gm_quality": lambda: gm_quality(made_quality(), POINTS),
    "map_making": lambda: map_making(made_maps(), POINTS),
    "attrition_flow": lambda: attrition_flow(made_attrition(), made_splits(), 3),
    "architecture": lambda: _sizes([31, 37, 31]),
    "learning_curves": lambda: learning_curves({"Brain age, MAE (years)": made_curve().assign(fold=0)}, PALETTE),
    "performance": lambda: performance(made_performance(), list(LABELS), LABELS, PALETTE),
    "discrimination": lambda: discrimination(made_predictions(), POINTS),
    "ablation": lambda: ablation(made_performance(), study_models(), PALETTE),
    "embeddings": lambda: _unseen(POINTS),
    "canonical_variates": lambda: canonical_variates(made_variates(5), POINTS),
    "component_null": lambda: component_null(made_components(), made_correlations(), made_null(), PALETTE),
    "snp_contributions": lambda: _genome(made_contributions()),
    "region_contributions": lambda: brain(made_contributions()),
    "feature_contributions": lambda: feature_contributions(made_contributions()),
    "linkage": lambda: linkage(made_blocks(), made_genotypes()),
    "allele_effects": lambda: allele_region_effects(made_allele_directions(), RSIDS, PALETTE),
    "enriched_terms": lambda: term_dots(made_terms(), "", PALETTE),
    "recovery": lambda: recovery(made_recovery(), PALETTE),
}
NO_NULL: list[pd.DataFrame] = []
# of real people, of other outcomes, and where nothing is called or was run
OTHERS: dict[str, Callable[[], Figure]] = {
    "architecture of a table": lambda: _sizes([]),
    "embeddings of real people": lambda: _unseen(HEXAGONS),
    "embeddings by value": lambda: _unseen(CONTINUOUS),
    "canonical variates of real people": lambda: canonical_variates(made_variates(), HEXAGONS),
    "quality of real people": lambda: gm_quality(made_quality(), HEXAGONS),
    "map making of real people": lambda: map_making(made_maps(), HEXAGONS),
    "values": lambda: discrimination(made_predictions(continuous=True), CONTINUOUS),
    "components without a null": lambda: component_null(
        made_components(False), made_correlations(), joined(NO_NULL), PALETTE
    ),
    "no SNP called": lambda: _genome(nothing_gated()),
    "no region called": lambda: brain(nothing_gated()),
    "no block called": lambda: linkage(pd.DataFrame(columns=BLOCKS.names).astype({"called": bool}), made_genotypes()),
    "no pair called": lambda: allele_region_effects(made_directions(), RSIDS, PALETTE),
    "no term": lambda: term_dots(pd.DataFrame(columns=TERMS.names), "no SNP is called in any component", PALETTE),
}
