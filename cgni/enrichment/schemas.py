"""Declared columns of the enrichment table."""

import pyarrow as pa

ALL_COMPONENTS = -1  # in the place of a component: the genes of all of them together

TERMS = pa.schema(
    [
        pa.field("component", pa.int8(), nullable=False),  # or ALL_COMPONENTS
        pa.field("background", pa.string(), nullable=False),  # tested or annotated
        pa.field("primary", pa.bool_(), nullable=False),  # whether it is the configured background
        pa.field("source", pa.string(), nullable=False),
        pa.field("term_id", pa.string(), nullable=False),
        pa.field("term", pa.string(), nullable=False),
        pa.field("p", pa.float64(), nullable=False),
        pa.field("p_bonferroni", pa.float64()),
        pa.field("p_bh", pa.float64()),
        pa.field("p_null", pa.float64()),  # share of draws of the null that reach p; null without draws
        pa.field("q_null", pa.float64()),  # its Benjamini-Hochberg over the source's terms
        pa.field("p_family", pa.float64()),  # share of draws with any term of any source that reaches p
        pa.field("draws", pa.int64(), nullable=False),  # of the null: no p_null lies below 1 / (1 + draws)
        pa.field("intersection", pa.int64(), nullable=False),
        pa.field("genes", pa.string(), nullable=False),
        pa.field("term_size", pa.int64(), nullable=False),
        pa.field("query_size", pa.int64(), nullable=False),
        pa.field("background_size", pa.int64(), nullable=False),
        pa.field("engine", pa.string(), nullable=False),
        pa.field("data_version", pa.string(), nullable=False),
    ]
)
