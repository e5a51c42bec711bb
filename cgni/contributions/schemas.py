"""Declared columns of the contributions tables."""

import pyarrow as pa

from cgni.scca.schemas import COMPONENTS

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
        pa.field("r", pa.float64(), nullable=False),  # of the fold's validation people
        pa.field("partial_r", pa.float64()),  # without confounds; null: too few people for them
        pa.field("n", pa.int64(), nullable=False),
    ]
)
COMPONENT_TESTS = pa.schema(
    [
        *COMPONENTS,
        pa.field("p_pipeline", pa.float64()),  # of r_out_of_fold among whole analyses of shuffled pairings
        pa.field("replicates", pa.int64(), nullable=False),  # of them
        pa.field("gated", pa.bool_(), nullable=False),  # features may be called in it
    ]
)
CALIBRATION = pa.schema(
    [
        pa.field("view", pa.string(), nullable=False),  # imaging, genetics, or both
        pa.field("quantity", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("expected", pa.string(), nullable=False),
    ]
)
CONTRIBUTIONS = pa.schema(
    [
        pa.field("view", pa.string(), nullable=False),  # imaging (regions) or genetics (SNPs)
        pa.field("feature", pa.string(), nullable=False),
        _COMPONENT,  # 0: the significant components as a whole; none where none is significant
        _FOLD,  # -1: consensus over folds
        pa.field("contribution", pa.float64()),  # null in component 0
        pa.field("absolute", pa.float64()),  # null in component 0
        pa.field("z", pa.float64()),  # of the signed mean over features; null in component 0
        pa.field("share", pa.float64(), nullable=False),  # in component 0 the root mean square over components
        pa.field("null_z", pa.float64()),
        pa.field("p", pa.float64()),
        pa.field("q", pa.float64()),  # over both views and all gated components; component 0 has its own
        pa.field("called_sd", pa.bool_(), nullable=False),
        pa.field("called_null", pa.bool_(), nullable=False),
        pa.field("called", pa.bool_(), nullable=False),  # by the rule in force
        pa.field("direction", pa.string(), nullable=False),
        pa.field("stability", pa.float64()),  # share of folds with it among the m strongest; m called, or 5 %
    ]
)
