"""Declared columns of the imaging tables."""

import pyarrow as pa

INDEX = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("scale", pa.float32(), nullable=False),  # value = stored number x scale; 1 unless the array is uint8
        pa.field("crc32", pa.int64(), nullable=False),  # of the map's bytes in the array
        pa.field("resampled", pa.bool_(), nullable=False),  # interpolated onto the store's grid
        pa.field("total", pa.float64(), nullable=False),  # sum of the map's values
        pa.field("low", pa.float32(), nullable=False),  # its smallest value
        pa.field("high", pa.float32(), nullable=False),  # its largest value
    ]
)

# r is null where an image has no variance inside the mask; such an image does not pass.
QC = pa.schema(
    [
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("r", pa.float64()),
        pa.field("off_scale", pa.bool_(), nullable=False),  # total or range are not those of the others
        pa.field("passed", pa.bool_(), nullable=False),
        pa.field("reference_member", pa.bool_(), nullable=False),
    ]
)

# How r goes with what is known of the people; one row a variable that is known for enough of them.
QC_RELATIONS = pa.schema(
    [
        pa.field("variable", pa.string(), nullable=False),  # site, sex, head_size, age
        pa.field("statistic", pa.string(), nullable=False),  # eta_squared (Kruskal-Wallis p) or spearman
        pa.field("value", pa.float64(), nullable=False),
        pa.field("p", pa.float64(), nullable=False),
        pa.field("n", pa.int64(), nullable=False),
    ]
)
