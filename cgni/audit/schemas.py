"""Declared columns of the audit tables."""

import pyarrow as pa

LINEAGE_SUMMARY = pa.schema(
    [
        pa.field("rule", pa.string(), nullable=False),
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("use", pa.string(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("holdout_people", pa.int64(), nullable=False),
        pa.field("validation_people", pa.int64(), nullable=False),
        pa.field("relatives", pa.int64(), nullable=False),
        pa.field("clean", pa.bool_(), nullable=False),
    ]
)
CONFOUNDS = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("partial_r2", pa.float64(), nullable=False),
        pa.field("p", pa.float64(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
    ]
)
CONFOUND_SHARES = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("confound", pa.string(), nullable=False),
        pa.field("columns", pa.int64(), nullable=False),
        pa.field("partial_r2", pa.float64(), nullable=False),  # given the label and the other confounds
        pa.field("people", pa.int64(), nullable=False),
    ]
)
BRAIN_AGE = pa.schema(
    [
        pa.field("fold", pa.int8(), nullable=False),
        pa.field("split", pa.string(), nullable=False),  # fit, monitor, validation, holdout
        pa.field("people", pa.int64(), nullable=False),
        pa.field("mae", pa.float64()),  # years
        pa.field("mae_of_mean", pa.float64()),  # years, of giving everybody the fit people's mean age
        pa.field("r", pa.float64()),
    ]
)
RECOVERY = pa.schema(
    [
        pa.field("who", pa.string(), nullable=False),
        pa.field("quantity", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("n", pa.int64(), nullable=False),
        pa.field("note", pa.string(), nullable=False),
    ]
)
SHUFFLES = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("shuffle", pa.int64(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),  # balanced accuracy, or r of a continuous outcome
        pa.field("chance", pa.float64(), nullable=False),  # what the score is where nothing is predicted
    ]
)
SHUFFLE_SUMMARY = pa.schema(
    [
        pa.field("model", pa.string(), nullable=False),
        pa.field("shuffles", pa.int64(), nullable=False),
        pa.field("mean", pa.float64(), nullable=False),
        pa.field("sd", pa.float64(), nullable=False),
        pa.field("se", pa.float64(), nullable=False),
        pa.field("compatible", pa.bool_(), nullable=False),  # chance within three standard errors
    ]
)
