"""Declared columns of the imaging tables."""

import pyarrow as pa

from cgni.base.tables import number_columns

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

# r is null where an image has no variance; such an image does not pass.
QC = pa.schema(
    [
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("r", pa.float64()),  # with the reference, inside the gray-matter mask
        pa.field("r_image", pa.float64()),  # over the whole image
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


def _measures(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.float64()) for name in names]


# One row a T1 image, or a map out of a UK Biobank archive. Measures are null where there is no map, and where the
# engine does not give them. `reason` says why there is no map.
T1_QUALITY = pa.schema(
    [
        pa.field("participant_id", pa.string(), nullable=False),
        pa.field("path", pa.string()),  # of the map
        pa.field("reason", pa.string()),
        pa.field("stripped", pa.bool_()),  # the image came without its skull
        *_measures("gm_ml", "wm_ml", "csf_ml", "tiv_ml"),  # in the person's own space; tiv is their sum
        *_measures("modulated_ml", "conservation"),  # of the map before smoothing; modulated / gm_ml - 1
        *_measures("r_template", "r_template_in_mask", "r_t1"),  # of the map, and of the T1 inside the brain
        *_measures("jacobian_low", "jacobian_median", "jacobian_high"),  # 0.1st, 50th, 99.9th percentile in the mask
        *_measures("folded_voxels"),  # with a Jacobian of 0 or less
        *_measures("cut_cm2"),  # brain on the image's faces
        *_measures("bias_low", "bias_high"),  # 1st and 99th percentile of the bias field by its median
        *_measures("gray_to_white"),  # ratio of median intensities
        *_measures("voxel_mm"),  # largest edge of the image's voxels
    ]
)

# One row a feature of a table of imaging features that stays.
FEATURE_COLUMNS = pa.schema(
    [
        pa.field("column", pa.string(), nullable=False),  # h_0 ...
        pa.field("feature", pa.string(), nullable=False),  # its name in the table; of UK Biobank its field
        pa.field("label", pa.string(), nullable=False),
        pa.field("unit", pa.string(), nullable=False),  # empty: none is known
        pa.field("name", pa.string(), nullable=False),  # label and unit, as tables of results have it
        pa.field("unknown", pa.int64(), nullable=False),  # people without a value
    ]
)


def feature_table_schema(count: int) -> pa.Schema:
    """One row a person: h_0 ..., null where unknown."""
    return pa.schema(
        [
            pa.field("participant_id", pa.string(), nullable=False),
            *[pa.field(name, pa.float64()) for name in number_columns("h", count)],
        ]
    )
