"""Declared columns of what every training writes: learning curves, scores and who was used."""

import pyarrow as pa

_FOLD = pa.field("fold", pa.int8(), nullable=False)
_CURVE = [
    pa.field("epoch", pa.int64(), nullable=False),  # from 1
    pa.field("split", pa.string(), nullable=False),  # fit (while training), monitor (evaluation mode)
    pa.field("metric", pa.string(), nullable=False),
    pa.field("value", pa.float64(), nullable=False),
]
# exactly who was used by one fit; `use` is fit (trained on) or monitor (watched for early stopping)
_LINEAGE = [
    pa.field("participant_id", pa.string(), nullable=False),
    pa.field("use", pa.string(), nullable=False),
]

CURVE = pa.schema(_CURVE)
LINEAGE = pa.schema(_LINEAGE)
# all folds inside
FOLD_CURVE = pa.schema([_FOLD, *_CURVE])
FOLD_LINEAGE = pa.schema([_FOLD, *_LINEAGE])

METRICS = pa.schema(
    [
        pa.field("split", pa.string(), nullable=False),  # fit, monitor, validation; evaluation mode
        pa.field("metric", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
    ]
)
