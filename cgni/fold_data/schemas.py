"""Declared columns of tables with numbered columns of all folds."""

from collections.abc import Sequence

import pyarrow as pa


def numbered_schema(columns: Sequence[str]) -> pa.Schema:
    """fold, participant_id, then the numbered float32 `columns`."""
    return pa.schema(
        [
            pa.field("fold", pa.int8(), nullable=False),
            pa.field("participant_id", pa.string(), nullable=False),
            *[pa.field(name, pa.float32(), nullable=False) for name in columns],
        ]
    )
