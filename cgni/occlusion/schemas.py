"""Declared columns of the occlusion tables."""

import pyarrow as pa

_FOLD = pa.field("fold", pa.int8(), nullable=False)
_COMPONENT = pa.field("component", pa.int8(), nullable=False)

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
