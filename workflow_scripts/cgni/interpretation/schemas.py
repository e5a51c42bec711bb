"""Declared columns of the interpretation tables."""

import pyarrow as pa

_FOLD = pa.field("fold", pa.int8(), nullable=False)
_COMPONENT = pa.field("component", pa.int8(), nullable=False)

WEIGHTS = pa.schema(
    [
        _FOLD,
        _COMPONENT,
        pa.field("modality", pa.string(), nullable=False),  # imaging or genetics
        pa.field("node", pa.int64(), nullable=False),
        pa.field("weight", pa.float64(), nullable=False),  # of the standardised node
        pa.field("mean", pa.float64(), nullable=False),
        pa.field("sd", pa.float64(), nullable=False),
        pa.field("stability", pa.float64(), nullable=False),  # share of inner folds whose refit selects the node
        pa.field("converged", pa.bool_(), nullable=False),
    ]
)
VARIATES = pa.schema(
    [
        _FOLD,
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("part", pa.string(), nullable=False),
        pa.field("wm_group", pa.int8()),
        _COMPONENT,
        pa.field("imaging", pa.float64(), nullable=False),
        pa.field("genetics", pa.float64(), nullable=False),
    ]
)
CORRELATIONS = pa.schema(
    [
        _FOLD,
        _COMPONENT,
        pa.field("encoders", pa.string(), nullable=False),  # chosen, or label_free: terms (1) and (2) alone
        pa.field("pairing", pa.string(), nullable=False),  # true, or shuffled: mean over random pairings
        pa.field("split", pa.string(), nullable=False),
        pa.field("group", pa.string(), nullable=False),
        pa.field("r", pa.float64()),
        pa.field("n", pa.int64(), nullable=False),
        pa.field("p", pa.float64()),
    ]
)
GRID = pa.schema(
    [
        _FOLD,
        pa.field("components", pa.int8(), nullable=False),
        pa.field("penalty_imaging", pa.float64(), nullable=False),
        pa.field("penalty_genetics", pa.float64(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
        pa.field("converged", pa.bool_(), nullable=False),
        pa.field("alive", pa.int8(), nullable=False),  # components with weights in every inner fold
        pa.field("chosen", pa.bool_(), nullable=False),
    ]
)
OCCLUSION = pa.schema(
    [
        _FOLD,
        _COMPONENT,
        pa.field("feature", pa.string(), nullable=False),
        pa.field("contribution", pa.float64(), nullable=False),
        pa.field("absolute", pa.float64(), nullable=False),
        pa.field("correlation", pa.float64()),
        pa.field("size", pa.int64(), nullable=False),  # voxels of a region, 1 for a SNP
        pa.field("people", pa.int64(), nullable=False),
    ]
)
NULL_SHARES = pa.schema(
    [
        pa.field("replicate", pa.int16(), nullable=False),
        pa.field("modality", pa.string(), nullable=False),  # region or snp
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
        pa.field("modality", pa.string(), nullable=False),
        pa.field("quantity", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("expected", pa.string(), nullable=False),
    ]
)
CONTRIBUTIONS = pa.schema(
    [
        pa.field("modality", pa.string(), nullable=False),  # region or snp
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
