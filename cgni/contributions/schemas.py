"""Declared columns of the contributions tables."""

import pyarrow as pa

_FOLD = pa.field("fold", pa.int8(), nullable=False)
_COMPONENT = pa.field("component", pa.int8(), nullable=False)

NULL_SHARES = pa.schema(
    [
        pa.field("replicate", pa.int16(), nullable=False),
        pa.field("view", pa.string(), nullable=False),  # imaging (regions) or genetics (SNPs)
        _COMPONENT,
        _FOLD,  # -1: mean over folds
        pa.field("feature", pa.string(), nullable=False),
        pa.field("share", pa.float64(), nullable=False),  # absolute contribution over the mean feature's
        pa.field("z", pa.float64(), nullable=False),  # of the signed mean over features: the published rule's
    ]
)
NULL_CORRELATIONS = pa.schema(
    [
        pa.field("replicate", pa.int16(), nullable=False),
        _FOLD,
        _COMPONENT,
        pa.field("r", pa.float64(), nullable=False),
        pa.field("n", pa.int64(), nullable=False),
    ]
)
CALIBRATION = pa.schema(
    [
        pa.field("view", pa.string(), nullable=False),
        pa.field("quantity", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("expected", pa.string(), nullable=False),
    ]
)
CONTRIBUTIONS = pa.schema(
    [
        pa.field("view", pa.string(), nullable=False),  # imaging (regions) or genetics (SNPs)
        pa.field("feature", pa.string(), nullable=False),
        _COMPONENT,
        _FOLD,  # -1: consensus over folds
        pa.field("contribution", pa.float64(), nullable=False),
        pa.field("absolute", pa.float64(), nullable=False),
        pa.field("z", pa.float64(), nullable=False),  # of the signed mean over features
        pa.field("share", pa.float64(), nullable=False),
        pa.field("null_z", pa.float64()),
        pa.field("p", pa.float64()),
        pa.field("q", pa.float64()),
        pa.field("called_sd", pa.bool_(), nullable=False),
        pa.field("called_null", pa.bool_(), nullable=False),
        pa.field("called", pa.bool_(), nullable=False),  # by the rule in force
        pa.field("direction", pa.string(), nullable=False),
        pa.field("selection_frequency", pa.float64()),
        pa.field("lead", pa.bool_(), nullable=False),  # called, and not linked to a stronger called SNP
    ]
)
