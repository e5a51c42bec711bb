"""What the simulator plants in the genotypes and what the stage finds, in the finished tiny study."""

import pandas as pd

from cgni.genetics import qc
from cgni.simulation.variants import DEFECTS
from tests.workflow.study import Study

REASONS = {
    "low_info": qc.LOW_INFO,
    "missing": qc.MISSING,
    "rare": qc.RARE,
    "hwe": qc.HWE,
    "strand_ambiguous": qc.AMBIGUOUS,
    "duplicated": qc.DUPLICATE,
    "multi_allelic": qc.MULTI_ALLELIC,
}


def test_exactly_the_planted_defects_go_for_the_planted_reason(finished_study: Study) -> None:
    results = finished_study.folder / "results-tiny"
    planted = pd.read_parquet(results / "simulation/truth/variants.parquet")
    planted = planted[planted["is_eqtl"] & (planted["gene_kind"] == "ppi")].drop_duplicates("variant_id")
    found = pd.read_parquet(results / "genetics/variants.parquet").set_index("variant_id")
    assert set(planted["defect"].dropna()) == set(DEFECTS) == set(REASONS)
    assert set(found.index) == set(planted["variant_id"])
    expected = planted.set_index("variant_id")["defect"].map(REASONS)
    reasons = found["reason"].loc[expected.index]
    assert reasons.where(reasons.notna(), None).to_dict() == expected.where(expected.notna(), None).to_dict()
    attrition = pd.read_parquet(results / "genetics/attrition.parquet")
    removed = attrition.groupby("step")["removed"].sum()
    for reason in REASONS.values():
        assert removed[reason] == (expected == reason).sum() > 0, reason
