"""Another phenotype, atlas and eQTL table, on the tiny study, to the report.

The outcome is fluid intelligence (field 20016, 0 to 13 points), predicted as a value; the atlas joins AAL's regions to
some forty of a hemisphere; the eQTL table is a plain one without alleles. AAL itself is a further atlas of the study,
and a file of gene sets stands beside GO.
"""

from pathlib import Path

import nibabel
import numpy as np
import pandas as pd
import pytest

from cgni.base.tables import read_table
from cgni.contributions.directions import REGION_KINDS
from cgni.figures.region_words import region_in_words
from cgni.imaging.atlases import atlas_files
from tests.workflow.applied import apply_to_itself, compare_with_holdout
from tests.workflow.study import Study

pytestmark = pytest.mark.slow

OVERLAY = """
inputs: {eqtl: plain.txt, eqtl_snps: null, atlas: joined.nii.gz, atlas_labels: joined.txt, more_atlases: [aal]}
enrichment: {more_sets: [{name: own, gmt: own.gmt}], min_term_size: 1}
outcome: {label: fluid intelligence, measure: fluid intelligence score, unit: points, field: 20016, kind: continuous}
simulation: {traits: {points: [0, 13]}}
contributions: {rule: sd, sd: {imaging: 0.5, genetics: 0.5}}
contrastive: {subsets: [[1, 2, 4]]}
classification: {models: [imaging_cnn, genetic_linear], shared_head: []}
"""
LEFT_OUT = {"matched_people", "tp", "tn", "fp", "fn", "auc", "balanced_accuracy"}


def _join_regions(folder: Path) -> list[str]:
    """Write AAL with its regions of one name and hemisphere joined, as Frontal_L; their names."""
    image, table = (Path(path) for path in atlas_files("aal", None))
    rows = [line.split() for line in table.read_text().splitlines() if line.strip()]
    joined = {int(row[0]): f"{row[1].split('_')[0]}_{row[1].rsplit('_', 1)[-1]}" for row in rows}
    names = sorted(set(joined.values()))
    loaded = nibabel.load(image)
    labels = np.asarray(loaded.dataobj).astype(int)
    renumbered = np.zeros_like(labels, dtype=np.int16)
    for label, name in joined.items():
        renumbered[labels == label] = names.index(name) + 1
    nibabel.save(nibabel.Nifti1Image(renumbered, loaded.affine), folder / "joined.nii.gz")
    (folder / "joined.txt").write_text("".join(f"{number} {name}\n" for number, name in enumerate(names, start=1)))
    return names


@pytest.fixture(scope="module")
def another_study(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """Results of the study, with its bundle applied to itself, and the variants that the finished one found."""
    folder = tmp_path_factory.mktemp("another") / "study"
    own = finished_study.copied_to(folder)
    results = folder / "results-tiny"
    before = pd.read_parquet(results / "genetics/variants.parquet").query("passed")
    pairs = pd.read_csv(results / "simulation/DER-08a_hg19_eQTL.significant.txt", sep="\t")
    plain = pairs[["SNP_id", "gene_id"]].set_axis(["snp", "gene"], axis=1)
    plain.to_csv(folder / "plain.txt", sep="\t", index=False)
    _join_regions(folder)
    genes = pd.read_parquet(results / "genetics/snp_genes.parquet")["symbol"].dropna().unique()
    (folder / "own.gmt").write_text("".join(f"set of {gene}\t\t{gene}\n" for gene in sorted(genes)))
    overlays = (own.overlay("another.yaml", OVERLAY),)
    run = own.snakemake(overlays=overlays)
    assert run.returncode == 0 and "(100%) done" in run.stdout, run.stdout[-6000:]
    apply_to_itself(own, overlays)
    return results, before


def test_a_plain_table_without_alleles_gives_the_same_snps(another_study: tuple[Path, pd.DataFrame]) -> None:
    results, before = another_study
    candidates = pd.read_parquet(results / "genetics/candidates.parquet")
    assert candidates["ref"].isna().all() and candidates["eqtl_p"].isna().all()
    after = pd.read_parquet(results / "genetics/variants.parquet").query("passed")
    # other people are the reference, so that a few variants pass here alone
    both = before.merge(after, on="variant_id", suffixes=("_before", "_after"))
    assert len(both) > 0.9 * len(before)
    for name in ("ref", "alt", "counted_allele"):
        assert (both[f"{name}_before"] == both[f"{name}_after"]).all()
    called = pd.read_csv(results / "tables/table4.csv")["SNPs (minor allele, frequency; * of several genes)"]
    assert called.str.contains(r"\d+:\d+:[ACGT]+:[ACGT]+").all()  # SNPs without rs numbers go by their ids


def test_values_are_predicted_scored_and_audited(another_study: tuple[Path, pd.DataFrame]) -> None:
    results, _ = another_study
    people = pd.read_parquet(results / "cohort/participants.parquet")
    assert people["target"].equals(people["outcome"]) and people["outcome"].dropna().between(0, 13).all()
    assert people["outcome"].isin([0, 1, 13]).any()  # whom the groups of another score would leave out
    holdout = pd.read_parquet(results / "classification/holdout.parquet")
    assert {"target", "predicted"} <= set(holdout.columns) and "probability" not in holdout.columns
    assert 5 < holdout["predicted"].median() < 8  # points: the mean score is 6.5
    performance = pd.read_parquet(results / "classification/performance.parquet")
    assert {"r2", "r", "mae"} <= set(performance["metric"]) and not LEFT_OUT & set(performance["metric"])
    pooled = performance[(performance["fold"] == -1) & (performance["metric"] == "mae")]
    assert pooled["value"].between(0.5, 6).all()  # points; the SD of the score is 2.2
    assert pd.read_parquet(results / "audit/lineage.parquet")["clean"].all()
    line = pd.read_parquet(results / "classification/calibration.parquet")
    assert {"slope", "intercept", "rmse"} <= set(line.columns)


def test_titles_tables_and_regions_follow_the_outcome_and_the_atlas(another_study: tuple[Path, pd.DataFrame]) -> None:
    results, _ = another_study
    page = (results / "report.html").read_text()
    assert "<h1>Imaging genetics of fluid intelligence</h1>" in page
    assert "working memory" not in page and "Balanced accuracy" not in page and "McNemar" not in page
    assert "Distribution of fluid intelligence score" in page
    regions = set(pd.read_csv(results / "tables/table5.csv")["Region"])
    assert regions and regions <= {region_in_words(name) for name in _names(results.parent / "joined.txt")}
    assert any("fluid intelligence" in column for column in pd.read_csv(results / "tables/table4.csv").columns)


def test_a_further_atlas_has_tables_of_its_own(another_study: tuple[Path, pd.DataFrame]) -> None:
    results, _ = another_study
    aal = _names(Path(atlas_files("aal", None)[1]))
    tested = pd.read_parquet(results / "occlusion/atlases/aal/imaging.parquet")
    assert set(tested["feature"]) <= aal and tested["feature"].nunique() > 80
    called = pd.read_parquet(results / "contributions/atlases/aal/contributions.parquet")
    assert set(called["view"]) == {"imaging"} and called["p"].notna().any(), "judged by the replicates that are there"
    table = pd.read_csv(results / "tables/table5_aal.csv")
    assert len(table) and set(table["Region"]) <= {region_in_words(name) for name in aal}
    assert "Gray matter on fluid intelligence: partial r [95 % interval]" in table.columns
    directions = pd.read_parquet(results / "contributions/atlases/aal/directions.parquet")
    gated = read_table(results / "contributions/components.parquet")["gated"].any()
    kinds = set(directions["kind"])
    assert "region_outcome" in kinds <= set(REGION_KINDS) and ("region_variate" in kinds) == gated
    page = (results / "report.html").read_text()
    assert "<h3>Table 5 on the atlas aal</h3>" in page and table["Region"].iloc[0] in page


def test_further_gene_sets_have_a_table_of_their_own(another_study: tuple[Path, pd.DataFrame]) -> None:
    results, _ = another_study
    terms = pd.read_parquet(results / "enrichment/sets/own/terms.parquet")
    assert len(terms) and set(terms["source"]) == {"GMT"} and terms["p_null"].notna().all()
    assert set(pd.read_parquet(results / "enrichment/terms.parquet")["source"]) <= {"GO:BP", "GO:CC", "GO:MF"}
    assert "<h3>Gene sets own</h3>" in (results / "report.html").read_text()


def test_values_are_predicted_in_another_cohort_as_in_the_holdout(another_study: tuple[Path, pd.DataFrame]) -> None:
    results, _ = another_study
    compare_with_holdout(results, results / "application", "predicted")
    scores = read_table(results / "application/scores.parquet").set_index("metric")
    assert set(scores.index) == {"r2", "r", "mae"} and (scores["low"] <= scores["high"]).all()


def test_claims_are_estimated_in_the_holdout_and_in_the_other_cohort(another_study: tuple[Path, pd.DataFrame]) -> None:
    """The other cohort is the study's own people, most of whom the calls were made in: estimates have one sign."""
    results, _ = another_study
    claims = read_table(results / "application/claims.parquet")
    found = read_table(results / "application/replication.parquet")
    assert found["name"].tolist() == claims["name"].tolist() and {"region_outcome", "score"} <= set(claims["kind"])
    called = pd.read_parquet(results / "contributions/contributions.parquet").query("called and fold == -1")
    regions = set(called.loc[(called["view"] == "imaging") & (called["component"] > 0), "feature"])
    assert set(claims.loc[claims["kind"] == "region_outcome", "name"]) == regions
    np.testing.assert_array_equal(found["estimate_study"], claims["estimate"])
    estimated = found[found["kind"] != "score"]
    assert (estimated["n"] > 3 * estimated["n_study"]).all()
    page = (results / "application/report.html").read_text()
    assert f"Of {len(claims)} claims" in page


def _names(table: Path) -> set[str]:
    return {line.split()[1] for line in table.read_text().splitlines() if line.strip()}
