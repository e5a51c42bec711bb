"""Declared columns of what the classification writes."""

import pyarrow as pa

POOLED = -1  # fold number of scores over all folds
PREDICTIONS = pa.schema(
    [
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("part", pa.string(), nullable=False),
        pa.field("label", pa.int8(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
    ]
)
HOLDOUT = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("label", pa.int8(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
    ]
)
SEARCH_SCORES = pa.schema(
    [
        pa.field("candidate", pa.string(), nullable=False),
        pa.field("settings", pa.string(), nullable=False),  # JSON of what differs from the config
        pa.field("fold", pa.int8(), nullable=False),  # -1: mean over folds
        pa.field("balanced_accuracy", pa.float64(), nullable=False),
    ]
)
PERFORMANCE = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("metric", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("se", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
    ]
)
COMPARISONS = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("other", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("difference", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("bootstrap_p", pa.float64()),
        pa.field("bootstrap_p_holm", pa.float64()),
        pa.field("mcnemar_p", pa.float64()),
        pa.field("mcnemar_p_holm", pa.float64()),
    ]
)
