"""Declared columns of the tables of a bundle, and of what its application writes."""

import pyarrow as pa

MEAN = -1  # fold number of the mean over folds
_FOLD = pa.field("fold", pa.int8(), nullable=False)  # -1: mean over folds
_PERSON = pa.field("participant_id", pa.string(), nullable=False)

# of a bundle: the SNPs that its models take, in their order
BUNDLE_VARIANTS = pa.schema(
    [
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("chrom", pa.string(), nullable=False),
        pa.field("pos", pa.int32(), nullable=False),
        pa.field("ref", pa.string(), nullable=False),
        pa.field("alt", pa.string(), nullable=False),
        pa.field("rsid", pa.string()),
        pa.field("counted_allele", pa.string(), nullable=False),
        pa.field("frequency", pa.float64(), nullable=False),  # of the counted allele, among development people
    ]
)
# of a bundle: the study's regions, whose labels are those of its label image
BUNDLE_REGIONS = pa.schema(
    [pa.field("label", pa.int32(), nullable=False), pa.field("name", pa.string(), nullable=False)]
)
MATCHED_VARIANTS = pa.schema(
    [
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("found", pa.bool_(), nullable=False),
        pa.field("swapped", pa.bool_(), nullable=False),  # the file has REF and ALT exchanged
        pa.field("other_strand", pa.bool_(), nullable=False),  # only there with the complementary alleles
        pa.field("reason", pa.string()),  # why it is not used; its fill value stands for it
        pa.field("missing", pa.float64()),  # share of people without a count
        pa.field("frequency", pa.float64()),  # of the counted allele, among these people
        pa.field("frequency_bundle", pa.float64(), nullable=False),
    ]
)
MAP_LIKENESS = pa.schema(
    [
        _PERSON,
        pa.field("r", pa.float64()),  # with the bundle's reference, inside its mask
        pa.field("r_image", pa.float64()),  # over the whole image
        pa.field("total", pa.float64(), nullable=False),
        pa.field("passed", pa.bool_(), nullable=False),
    ]
)
APPLIED_PREDICTIONS = pa.schema(
    [
        _FOLD,
        _PERSON,
        pa.field("label", pa.int8()),  # null: unknown
        pa.field("target", pa.float64()),  # of a continuous outcome
        pa.field("predicted", pa.float64(), nullable=False),  # probability of the high group, or the value
    ]
)
APPLIED_VARIATES = pa.schema(
    [
        _FOLD,
        pa.field("component", pa.int8(), nullable=False),
        _PERSON,
        pa.field("imaging", pa.float64(), nullable=False),
        pa.field("genetics", pa.float64(), nullable=False),
    ]
)
APPLIED_AGES = pa.schema(
    [_FOLD, _PERSON, pa.field("age", pa.float64()), pa.field("brain_age", pa.float64(), nullable=False)]
)
APPLIED_SCORES = pa.schema(
    [
        pa.field("metric", pa.string(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("value", pa.float64()),
        pa.field("se", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
    ]
)
APPLIED_RELIABILITY = pa.schema(
    [
        pa.field("bin", pa.int8(), nullable=False),  # from the lowest predictions, from 1
        pa.field("people", pa.int64(), nullable=False),
        pa.field("predicted", pa.float64(), nullable=False),  # mean of the bin
        pa.field("observed", pa.float64(), nullable=False),  # share of the high group, or mean
    ]
)
APPLIED_COMPONENTS = pa.schema(
    [
        pa.field("component", pa.int8(), nullable=False),
        pa.field("people", pa.int64(), nullable=False),
        pa.field("r", pa.float64()),
        pa.field("partial_r", pa.float64()),
        pa.field("p", pa.float64()),  # family-wise over components
    ]
)
DRIFT = pa.schema(
    [
        pa.field("topic", pa.string(), nullable=False),  # genotypes, maps, people, confounds
        pa.field("measure", pa.string(), nullable=False),
        pa.field("bundle", pa.float64()),
        pa.field("cohort", pa.float64()),
        pa.field("drifted", pa.bool_(), nullable=False),
        pa.field("note", pa.string(), nullable=False),
    ]
)
_ESTIMATES = [
    pa.field("n", pa.int64(), nullable=False),
    pa.field("estimate", pa.float64()),  # null: cannot be estimated in these people
    pa.field("se", pa.float64()),
    pa.field("low", pa.float64()),
    pa.field("high", pa.float64()),
    pa.field("p", pa.float64()),  # two-sided
]
_CLAIM = [
    pa.field("kind", pa.string(), nullable=False),  # one of claims.KINDS
    pa.field("component", pa.int8()),  # null: of no single component
    pa.field("name", pa.string(), nullable=False),
    pa.field("target", pa.string(), nullable=False),
]
# of a bundle: what its study claims, and its estimate in holdout people
CLAIMS = pa.schema(
    [
        *_CLAIM,
        pa.field("features", pa.list_(pa.string()), nullable=False),
        pa.field("signs", pa.list_(pa.int8()), nullable=False),  # 1 or -1 of each
        pa.field("targets", pa.list_(pa.string()), nullable=False),
        pa.field("nothing", pa.float64(), nullable=False),  # the estimate where there is nothing
        *_ESTIMATES,
    ]
)
REPLICATION = pa.schema(
    [
        *_CLAIM,
        *(pa.field(f"{field.name}_study", field.type, nullable=field.nullable) for field in _ESTIMATES),
        *_ESTIMATES,
        pa.field("same_direction", pa.bool_()),  # null: one of both is unknown
        pa.field("p_replication", pa.float64()),  # one-sided, in the direction of the study
        pa.field("q", pa.float64()),  # of p_replication, within the kind
        pa.field("replicated", pa.bool_(), nullable=False),
        pa.field("power", pa.float64()),  # to reach p_replication .05, were the study's estimate the truth
        pa.field("p_size", pa.float64()),  # that both estimates are of one size; two-sided
        pa.field("pooled", pa.float64()),  # random effects
        pa.field("pooled_low", pa.float64()),
        pa.field("pooled_high", pa.float64()),
        pa.field("pooled_p", pa.float64()),
        pa.field("tau2", pa.float64()),  # variance between the cohorts
    ]
)
