"""Declared columns of the imaging tables."""

import pyarrow as pa

INDEX = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("participant_id", pa.string(), nullable=False),
    ]
)

# r is null where an image has no variance inside the mask; such an image does not pass.
QC = pa.schema(
    [
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("r", pa.float64()),
        pa.field("passed", pa.bool_(), nullable=False),
        pa.field("reference_member", pa.bool_(), nullable=False),
    ]
)
