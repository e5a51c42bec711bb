"""Declared columns of the sparse CCA tables."""

import pyarrow as pa

_FOLD = pa.field("fold", pa.int8(), nullable=False)
_COMPONENT = pa.field("component", pa.int8(), nullable=False)

WEIGHTS = pa.schema(
    [
        _FOLD,
        _COMPONENT,
        pa.field("view", pa.string(), nullable=False),  # imaging or genetics
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
