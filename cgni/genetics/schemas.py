"""Declared columns of the genetics tables."""

import pyarrow as pa

CANDIDATE_VARIANTS = pa.schema(
    [
        pa.field("variant_id", pa.string(), nullable=False),  # chrom:pos:ref:alt; chrom:pos when alleles are unknown
        pa.field("chrom", pa.string(), nullable=False),
        pa.field("pos", pa.int32(), nullable=False),
        pa.field("ref", pa.string()),
        pa.field("alt", pa.string()),
        pa.field("rsid", pa.string()),
        pa.field("ref_stated", pa.bool_(), nullable=False),  # false: either allele may be the file's REF
        pa.field("gene_id", pa.string(), nullable=False),
        pa.field("symbol", pa.string()),
        pa.field("eqtl_p", pa.float64()),  # of the pair: nominal p, else its false discovery rate
    ]
)

_VARIANT = [
    pa.field("variant_id", pa.string(), nullable=False),
    pa.field("chrom", pa.string(), nullable=False),
    pa.field("pos", pa.int32(), nullable=False),
    pa.field("ref", pa.string()),
    pa.field("alt", pa.string()),
    pa.field("rsid", pa.string()),
    pa.field("info", pa.float64()),
    pa.field("info_source", pa.string(), nullable=False),  # mfi, "pgen INFO R2" ..., mach_r2 or not applicable
    pa.field("missingness", pa.float64()),  # share without even a dosage
    pa.field("missing_calls", pa.float64()),  # share without a hard call (genetics.qc.hard_call)
    pa.field("maf", pa.float64()),
    pa.field("hwe_p", pa.float64()),
    pa.field("pass_info", pa.bool_()),  # null: not in the genotype file, or the filter is not applicable
    pa.field("pass_missing", pa.bool_()),
    pa.field("pass_maf", pa.bool_()),
    pa.field("pass_hwe", pa.bool_()),  # null as well: too many uncertain hard calls to judge
    pa.field("passed", pa.bool_(), nullable=False),
    pa.field("reason", pa.string()),  # the first of qc.REASONS that applies; null for those that passed
]

QC = pa.schema(
    [
        pa.field("candidate_id", pa.string(), nullable=False),
        *_VARIANT,
        pa.field("found", pa.bool_(), nullable=False),  # position and alleles are in the genotype file
        pa.field("swapped", pa.bool_(), nullable=False),  # the file has REF and ALT exchanged
        pa.field("other_strand", pa.bool_(), nullable=False),  # only there with the complementary alleles
        pa.field("reference_people", pa.int32(), nullable=False),  # on whom the statistics are computed
        pa.field("hwe_people", pa.int32(), nullable=False),  # on whom Hardy-Weinberg is tested
        pa.field("people_without", pa.int32(), nullable=False),  # who lack most of the chromosome's candidates
        pa.field("half_calls", pa.int32(), nullable=False),  # genotypes such as 0/. of a VCF, which are missing
    ]
)

VARIANTS = pa.schema([*_VARIANT, pa.field("counted_allele", pa.string()), pa.field("ld_block", pa.string())])

LD_BLOCKS = pa.schema(
    [
        pa.field("ld_block", pa.string(), nullable=False),  # chromosome and number
        pa.field("chrom", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("variants", pa.int32(), nullable=False),
        pa.field("genes", pa.int32(), nullable=False),
    ]
)

SNP_GENES = pa.schema(
    [
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("gene_id", pa.string(), nullable=False),
        pa.field("symbol", pa.string()),
    ]
)

FILL = pa.schema([pa.field("variant_id", pa.string(), nullable=False), pa.field("fill", pa.float64(), nullable=False)])
