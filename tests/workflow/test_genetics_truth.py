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
    # a SNP of a gene outside the network may be an eQTL of one inside it as well
    eqtls = pd.read_csv(results / "simulation/DER-08a_hg19_eQTL.significant.txt", sep="\t")
    network = set(pd.read_csv(finished_study.folder / "resources/app_interactors.tsv", sep="\t")["gene_id"])
    of_network = eqtls.loc[eqtls["gene_id"].str.partition(".")[0].isin(network), "SNP_id"]
    places = planted["chrom"].astype(str) + ":" + planted["pos"].astype(str)
    linked = (planted["gene_kind"] == "ppi") | places.isin(of_network)
    planted = planted[planted["is_eqtl"] & linked].drop_duplicates("variant_id")
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


def test_genotypes_are_dosages_and_lose_no_uncertain_call(finished_study: Study) -> None:
    results = finished_study.folder / "results-tiny"
    counts = pd.read_parquet(results / "genetics/genotypes.parquet").drop(columns="participant_id")
    assert (counts.dtypes == "float32").all() and counts.min().min() >= 0 and counts.max().max() <= 2
    assert (counts.dropna() % 1 > 0).any(axis=None)
    attrition = pd.read_parquet(results / "genetics/attrition.parquet")
    calls = attrition[attrition["step"] == "hard-call threshold"]
    assert (calls["removed"] == 0).all() and calls["note"].str.startswith("none go: dosages stand for").all()
    people = pd.read_parquet(results / "cohort/participants.parquet")
    imaged = people["has_image"] & people["has_genotypes"] & people["largest_ancestry"] & people["unrelated"]
    splits = pd.read_parquet(results / "cohort/splits.parquet")
    development = splits.loc[splits["role"] == "development", "participant_id"]
    tested = pd.concat(map(pd.read_parquet, results.glob("genetics/chrom*/qc.parquet")))["hwe_people"]
    assert (tested == (imaged & people["participant_id"].isin(development)).sum()).all()
