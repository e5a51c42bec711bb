"""Declared columns of the planted truth."""

import pyarrow as pa

VARIANTS = pa.schema(
    [
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("chrom", pa.int64(), nullable=False),
        pa.field("pos", pa.int64(), nullable=False),
        pa.field("ref", pa.string(), nullable=False),
        pa.field("alt", pa.string(), nullable=False),
        pa.field("rsid", pa.string(), nullable=False),
        pa.field("gene_id", pa.string(), nullable=False),
        pa.field("symbol", pa.string(), nullable=False),
        pa.field("gene_kind", pa.string(), nullable=False),
        pa.field("is_eqtl", pa.bool_(), nullable=False),
        pa.field("factor", pa.int64(), nullable=False),
        pa.field("defect", pa.string()),
        pa.field("info", pa.float64(), nullable=False),
        pa.field("dosage_r2", pa.float64(), nullable=False),
    ]
)
REGIONS = pa.schema(
    [
        pa.field("region", pa.int64(), nullable=False),
        pa.field("factor", pa.int64(), nullable=False),
        pa.field("sign", pa.float64(), nullable=False),
        pa.field("loading", pa.float64(), nullable=False),
    ]
)
REGION_EFFECTS = pa.schema(
    [
        pa.field("region", pa.int64(), nullable=False),
        pa.field("cause", pa.string(), nullable=False),
        pa.field("size", pa.float64(), nullable=False),
    ]
)
POLYGENIC = pa.schema(
    [
        pa.field("trait", pa.string(), nullable=False),
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("effect", pa.float64(), nullable=False),
    ]
)
BETAS = pa.schema(
    [
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("factor", pa.int64(), nullable=False),
        pa.field("beta", pa.float64(), nullable=False),
        pa.field("variance_share", pa.float64(), nullable=False),
        pa.field("wm_effect", pa.float64(), nullable=False),
        pa.field("better_allele", pa.string()),
    ]
)
IMAGES = pa.schema(
    [pa.field("participant_id", pa.string(), nullable=False), pa.field("defect", pa.string(), nullable=False)]
)


def people_schema(factors: int) -> pa.Schema:
    """Everybody's true confounds and factor values, one row a simulated person."""
    return pa.schema(
        [
            pa.field("participant_id", pa.string(), nullable=False),
            pa.field("age", pa.float64(), nullable=False),
            pa.field("sex", pa.int64(), nullable=False),
            pa.field("site", pa.int64(), nullable=False),
            pa.field("head_size", pa.float64(), nullable=False),
            pa.field("population", pa.int64(), nullable=False),
            pa.field("cline", pa.float64(), nullable=False),
            pa.field("wm_liability", pa.float64(), nullable=False),
            pa.field("wm_score", pa.int64(), nullable=False),
            pa.field("wm_later", pa.int64(), nullable=False),  # at the second imaging visit
            pa.field("member", pa.bool_(), nullable=False),  # of the study's cohort, not of another of the population
            *[pa.field(f"factor_{number}", pa.float64(), nullable=False) for number in range(factors)],
        ]
    )
