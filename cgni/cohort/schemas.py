"""Declared columns of the cohort tables."""

from collections.abc import Sequence

import pyarrow as pa

from cgni.cohort.confounds import CATEGORY, MEASURE

TARGET, BASELINE = "target", "baseline"
ATTRITION = pa.schema(
    [
        pa.field("stage", pa.string(), nullable=False),
        pa.field("step", pa.string(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),  # participants, variants, images, genes
        pa.field("chrom", pa.string()),
        pa.field("removed", pa.int64(), nullable=False),
        pa.field("left", pa.int64(), nullable=False),
        pa.field("note", pa.string()),
    ]
)


def participants_schema(
    n_pcs: int, measures: Sequence[int | str] = (), categories: Sequence[int | str] = ()
) -> pa.Schema:
    """One row a person; `sex` 0 = female, 1 = male; ages in years.

    `outcome_group` 0 = low, 1 = high; of a continuous outcome up to its median and above. `target` is the outcome where
    it is continuous, which models then predict; of groups nobody has one.
    `baseline` is the value at the first visit of an outcome that is a residual change.

    Parameters
    ----------
    measures, categories
        Fields of `cohort.confounds` and `cohort.category_confounds`.
    """
    return pa.schema(
        [
            pa.field("participant_id", pa.string(), nullable=False),
            pa.field("age", pa.float64()),
            pa.field("sex", pa.int8()),
            pa.field("site", pa.string()),
            pa.field("head_size", pa.float64()),
            *[pa.field(f"pc{number}", pa.float64()) for number in range(1, n_pcs + 1)],
            *[pa.field(f"{MEASURE}{field}", pa.float64()) for field in measures],
            *[pa.field(f"{CATEGORY}{field}", pa.string()) for field in categories],
            pa.field("outcome", pa.float64()),
            pa.field("outcome_group", pa.int8()),
            pa.field(TARGET, pa.float64()),
            pa.field(BASELINE, pa.float64()),
            pa.field("has_image", pa.bool_(), nullable=False),
            pa.field("has_genotypes", pa.bool_(), nullable=False),
            pa.field("largest_ancestry", pa.bool_(), nullable=False),
            pa.field("unrelated", pa.bool_(), nullable=False),
            pa.field("family", pa.string(), nullable=False),
        ]
    )


def splits_schema(folds: int) -> pa.Schema:
    """One row a person; `fold` is -1 for holdout people, whose monitor flags are all false."""
    return pa.schema(
        [
            pa.field("participant_id", pa.string(), nullable=False),
            pa.field("role", pa.string(), nullable=False),
            pa.field("fold", pa.int8(), nullable=False),
            *[pa.field(f"monitor_{fold}", pa.bool_(), nullable=False) for fold in range(folds)],
        ]
    )
