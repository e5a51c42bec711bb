"""Kinship and components from the genotypes where the study has neither: the rules run and hand their tables on."""

import pandas as pd

from tests.workflow.study import Study

# so few simulated SNPs that only linked ones, and a bound above any relative, keep chance from making families
OVERLAY = """
inputs: {relatedness: null}
cohort: {pcs: computed}
splits: {kinship: 0.45}
genetics: {thin: {spacing_kb: 0, r2: 0.99, maf: 0.01}}
"""


def test_kinship_and_components_are_computed(study_copy: Study) -> None:
    overlay = study_copy.overlay("computed.yaml", OVERLAY)
    target = "results-tiny/cohort/participants.parquet"
    planned = study_copy.planned("-p", target, overlays=(overlay,))
    assert planned["thin_genotypes"] == 2 and planned["estimate_kinship"] == planned["compute_components"] == 1
    run = study_copy.snakemake(target, overlays=(overlay,))
    assert run.returncode == 0, run.stdout[-4000:]
    people = pd.read_parquet(study_copy.folder / target)
    imaged = people[people["has_image"] & people["has_genotypes"]]
    assert imaged[["pc1", "pc2"]].notna().all(axis=None) and imaged["pc1"].std() > 0
    assert people.loc[~people["has_image"], "pc1"].isna().all()
    header = (study_copy.folder / "results-tiny/cohort/kinship.dat").read_text().splitlines()[0]
    assert header == "ID1 ID2 HetHet IBS0 Kinship"
