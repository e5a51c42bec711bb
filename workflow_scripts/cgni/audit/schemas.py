"""Declared columns of the audit tables."""

import pyarrow as pa

# Exactly who was used by one fit; `use` is fit (trained on) or monitor (watched for early stopping).
LINEAGE = pa.schema(
    [
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("use", pa.string(), nullable=False),
    ]
)
