"""Declared columns of what the transfer to working memory writes."""

import pyarrow as pa

from cgni.base.tables import number_columns

# one row a fit of `finetune_outcome`
TRANSFER_FITS = pa.schema(
    [
        pa.field("candidate", pa.int64(), nullable=False),  # its place in transfer.candidates, from 0
        pa.field("settings", pa.string(), nullable=False),  # what the candidate changes, as JSON
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
