"""Declared columns of the tables of claims: directions, blocks, credible sets, overlap with the publication."""

import pyarrow as pa

DIRECTIONS = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),  # one of directions.KINDS
        pa.field("component", pa.int8()),  # null: of no single component
        pa.field("feature", pa.string(), nullable=False),
        pa.field("target", pa.string(), nullable=False),
        pa.field("people", pa.string(), nullable=False),  # out_of_fold or holdout
        pa.field("n", pa.int64(), nullable=False),
        pa.field("pairs", pa.int64(), nullable=False),  # that the estimate is the mean of; 1: a single slope
        pa.field("positive", pa.int64()),  # of them above 0
        pa.field("estimate", pa.float64()),  # partial correlation; null: cannot be estimated in these people
        pa.field("se", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("p", pa.float64()),
        pa.field("q", pa.float64()),  # within kind and people
        pa.field("direction", pa.string(), nullable=False),  # increase, decrease; uncertain: 0 is in the interval
    ]
)
BLOCKS = pa.schema(
    [
        pa.field("component", pa.int8(), nullable=False),
        pa.field("block", pa.string(), nullable=False),  # chromosome and number
        pa.field("chrom", pa.string(), nullable=False),
        pa.field("start", pa.int32(), nullable=False),
        pa.field("end", pa.int32(), nullable=False),
        pa.field("lead", pa.string(), nullable=False),  # the SNP with the smallest p
        pa.field("snps", pa.int32(), nullable=False),
        pa.field("members", pa.string(), nullable=False),  # variant ids, joined by ;
        pa.field("called_snps", pa.string(), nullable=False),  # those that the rule in force calls
        pa.field("genes", pa.string(), nullable=False),  # of the called SNPs, without any of all; joined by ;
        pa.field("shared", pa.bool_(), nullable=False),  # one of these SNPs belongs to several genes
        pa.field("r", pa.float64()),  # the lead's partial correlation with the unseen imaging variate
        pa.field("p", pa.float64(), nullable=False),  # Simes, over the block's SNPs
        pa.field("q", pa.float64(), nullable=False),  # over gated components x blocks
        pa.field("p_conditional", pa.float64()),  # given the leads of stronger claims; null: no candidate
        pa.field("called", pa.bool_(), nullable=False),  # a called SNP, q at most fdr, and left beside stronger claims
    ]
)
CREDIBLE = pa.schema(
    [
        pa.field("component", pa.int8(), nullable=False),
        pa.field("block", pa.string(), nullable=False),
        pa.field("set", pa.int8(), nullable=False),  # 1 ...; 0: in none
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("pip", pa.float64(), nullable=False),  # posterior inclusion probability
        pa.field("purity", pa.float64()),  # of the set: smallest absolute correlation inside it
        pa.field("lead", pa.bool_(), nullable=False),  # of its set: the largest pip
    ]
)
PUBLISHED = pa.schema(
    [
        pa.field("kind", pa.string(), nullable=False),  # gene or region
        pa.field("name", pa.string(), nullable=False),  # ALL: the overlap
        pa.field("tested", pa.bool_(), nullable=False),
        pa.field("called", pa.bool_(), nullable=False),
        pa.field("direction_found", pa.string()),  # null: not called
        pa.field("direction_published", pa.string()),
        pa.field("agrees", pa.bool_()),  # null: not called, or uncertain
        pa.field("all_tested", pa.int64()),  # of the row ALL, this and the next four
        pa.field("all_called", pa.int64()),
        pa.field("published_tested", pa.int64()),
        pa.field("published_called", pa.int64()),
        pa.field("p", pa.float64()),  # hypergeometric: at least so many published ones among the called
    ]
)
