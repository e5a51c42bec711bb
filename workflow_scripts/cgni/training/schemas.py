"""Declared columns of what training writes."""

import pyarrow as pa

from workflow_scripts.cgni.tables import number_columns

CURVE = pa.schema(
    [
        pa.field("epoch", pa.int64(), nullable=False),  # from 1
        pa.field("split", pa.string(), nullable=False),  # fit (while training), monitor (evaluation mode)
        pa.field("metric", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
    ]
)

METRICS = pa.schema(
    [
        pa.field("split", pa.string(), nullable=False),  # fit, monitor, validation; evaluation mode
        pa.field("metric", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
    ]
)

# one row a fit of `finetune_wm`
CANDIDATES = pa.schema(
    [
        pa.field("blocks", pa.int64(), nullable=False),  # transferred
        pa.field("round", pa.int64(), nullable=False),  # of self-transfer, from 0
        pa.field("epochs", pa.int64(), nullable=False),  # run
        pa.field("best_epoch", pa.int64(), nullable=False),
        pa.field("score", pa.float64()),  # monitor balanced accuracy of that epoch; null without monitor people
        pa.field("loss", pa.float64()),  # monitor loss of that epoch
        pa.field("kept", pa.bool_(), nullable=False),
    ]
)


def features_schema(count: int) -> pa.Schema:
    """One row a person: h_0 ... of the flattened last block."""
    return pa.schema(
        [
            pa.field("participant_id", pa.string(), nullable=False),
            *[pa.field(name, pa.float32(), nullable=False) for name in number_columns("h", count)],
        ]
    )
