"""The tiny study's bundle on its own people, and on a spoiled cohort without labels."""

import io
import json
import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch

from cgni.application.archive import Archive
from cgni.application.bundle import refuse_other_outcome
from cgni.application.drift import CohortFacts, drift_table
from cgni.application.maps import map_likeness, refuse_unlike
from cgni.application.models import AppliedCohort, apply_models
from cgni.application.scores import score_cohort
from cgni.base.errors import InputError
from cgni.base.tables import read_arrow, read_table
from cgni.cohort.roles import fold_people
from cgni.cohort.settings import OutcomeSettings
from cgni.genetics.counts import read_blocks
from cgni.imaging.resampling import resampled
from cgni.imaging.store import GmStore
from tests.workflow.applied import compare_with_holdout
from tests.workflow.study import Study

pytestmark = pytest.mark.slow
_SIMULATION, _BUNDLE = "results-tiny/simulation", "results-tiny/application/study.cgni"
_GENOTYPES = f"{_SIMULATION}/genotypes/ukb22828_c{{chrom}}_b0_v3"
_COMMON = f"""
simulation: {{enabled: false}}
cohort: {{n_pcs: 2}}
classification: {{bootstrap: 100}}
scca: {{permutations: 99}}
application: {{bundle: {_BUNDLE}, least_found: 0.5}}
"""
_OWN = f"""results_dir: results-own
inputs:
  phenotypes: {_SIMULATION}/ukb_main.csv
  withdrawals: {_SIMULATION}/withdrawals.csv
  relatedness: {_SIMULATION}/ukb_rel.dat
  images: {_SIMULATION}/images.csv
  genotypes: {{files: "{_GENOTYPES}.bgen", sample: "{_GENOTYPES}.sample", mfi: null, chromosomes: [11, 19]}}
{_COMMON}"""
_SPOILED = f"""results_dir: results-spoiled
inputs:
  phenotypes: spoiled/main.csv
  withdrawals: null
  relatedness: spoiled/relatives.dat
  images: spoiled/{{participant_id}}.nii
  genotypes: {{files: spoiled/genotypes.vcf, sample: null, mfi: null, chromosomes: [11, 19]}}
{_COMMON}"""
_PEOPLE, _GAIN, _VOXEL_MM = 50, 1.6, 10.0


@pytest.fixture(scope="module")
def bundled(finished_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A copy of the finished study with its bundle; nothing else is run for it."""
    study = finished_study.copied_to(tmp_path_factory.mktemp("bundled") / "study")
    assert set(study.planned("bundle")) <= {"bundle", "estimate_claims", "write_bundle", "write_config", "total"}
    run = study.snakemake("bundle")
    assert run.returncode == 0, run.stdout[-4000:]
    return study


def test_its_own_holdout_gets_the_same_predictions(bundled: Study) -> None:
    """The reference is `predict_holdout` of the study, whose tables come by other ways."""
    applied = _apply(bundled, "own.yaml", _OWN)
    results = bundled.folder / "results-tiny"
    compare_with_holdout(results, applied, "probability")
    key = ["fold", "component", "participant_id"]
    variates = read_table(results / "scca/variates.parquet").merge(
        read_table(applied / "variates.parquet"), on=key, suffixes=("", "_applied")
    )
    for view in ("imaging", "genetics"):
        np.testing.assert_allclose(variates[f"{view}_applied"], variates[view], atol=1e-4)
    drift = read_table(applied / "drift.parquet")
    assert not drift["drifted"].any(), drift[drift["drifted"]]
    scores = read_table(applied / "scores.parquet").set_index("metric")
    assert scores.loc["auc", "low"] <= scores.loc["auc", "value"] <= scores.loc["auc", "high"]


def test_one_person_gets_what_she_gets_among_others(bundled: Study) -> None:
    """Nobody's prediction depends on who else is there, and nothing breaks without anybody to compare with."""
    applied = bundled.folder / "results-own/application"
    if not applied.exists():
        _apply(bundled, "own.yaml", _OWN)
    bundle = Archive.read(bundled.folder / _BUNDLE)
    everybody = read_table(applied / "predictions.parquet")
    own = everybody["participant_id"].iloc[[0]]
    names = ("participants", "genotypes", "features", "variants", "likeness")
    tables = {name: read_table(applied / f"{name}.parquet") for name in names}
    alone = {name: table[table["participant_id"].isin(own)] for name, table in tables.items() if name != "variants"}
    cohort = AppliedCohort(alone["participants"], alone["genotypes"], alone["features"])
    models = apply_models(bundle, cohort)
    expected = everybody[everybody["participant_id"].isin(own)]
    np.testing.assert_allclose(models.predictions["predicted"], expected["predicted"], atol=1e-6)
    facts = CohortFacts(tables["variants"], alone["likeness"], cohort.participants, 0)
    assert not drift_table(bundle, facts, cohort.people()).empty
    scored = score_cohort(bundle, models, cohort.participants, (100, 99), 1)
    assert scored["components"]["p"].isna().all()


def test_other_inputs_are_refused_in_one_line(bundled: Study) -> None:
    """White matter in the place of gray, another build and another kind of outcome."""
    bundle = Archive.read(bundled.folder / _BUNDLE)
    reference = bundle.array("reference.npy")
    white = np.stack([reference.max() - reference] * 2).astype(np.float32)
    store = GmStore(white, pd.Index(["1", "2"]), np.eye(4))
    with pytest.raises(InputError, match="another tissue class"):
        refuse_unlike(map_likeness(store, bundle), 0.5)
    continuous = OutcomeSettings.of({"kind": "continuous", "change": "none"})
    with pytest.raises(InputError, match="the bundle's models predict groups"):
        refuse_other_outcome(bundle.json("config.json"), continuous)


def test_a_bundle_holds_nobody(bundled: Study) -> None:
    """No id in any member, and no array as long as any group of people that something was fitted on."""
    results = bundled.folder / "results-tiny"
    participants, splits = (read_table(results / f"cohort/{name}.parquet") for name in ("participants", "splits"))
    ids = participants["participant_id"].tolist()
    both = participants.loc[participants["has_image"] & participants["has_genotypes"], "participant_id"]
    sizes = set()
    for fold in range(2):
        people = vars(fold_people(splits, fold))
        for own in (part.intersection(pool) for part in people.values() for pool in (pd.Index(both), pd.Index(ids))):
            sizes |= {len(own), int(participants.set_index("participant_id").loc[own, "outcome_group"].notna().sum())}
    layers = {16, 32, 64}  # of the tiny networks
    with zipfile.ZipFile(bundled.folder / _BUNDLE) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    grid = tuple(json.loads(members["grid.json"])["shape"])
    for name, data in members.items():
        shapes = list(_shapes(name, data))
        if name.endswith(".npy"):
            assert shapes == [grid], name  # one map, whatever its edges' lengths
            continue
        text = _text(name, data)
        assert not any(person in text for person in ids), name
        people_sized = {size for shape in shapes for size in shape if size in sizes and size > 16} - layers
        assert not people_sized, (name, people_sized)
        assert "optimizer" not in text and "lineage" not in text, name
    statistics = json.loads(members["statistics.json"])
    assert all(own["people"] >= 20 for own in statistics.values() if isinstance(own, dict))


def test_the_same_study_gives_the_same_bytes(bundled: Study) -> None:
    before = (bundled.folder / _BUNDLE).read_bytes()
    run = bundled.snakemake(_BUNDLE, "--force")
    assert run.returncode == 0, run.stdout[-4000:]
    assert (bundled.folder / _BUNDLE).read_bytes() == before


def test_drift_of_a_spoiled_cohort_is_said_before_any_score(bundled: Study) -> None:
    """Another scanner gain and grid, alleles in the other order, a third of the SNPs missing, no outcome."""
    _spoil(bundled.folder)
    applied = _apply(bundled, "spoiled.yaml", _SPOILED)
    drift = read_table(applied / "drift.parquet").set_index("measure")
    assert drift.loc["share of SNPs found", "cohort"] == pytest.approx(2 / 3, abs=0.02)
    assert {"share of SNPs found", "sum of a map", "share of maps resampled"} <= set(drift.index[drift["drifted"]])
    assert not drift.loc["correlation of allele frequencies", "drifted"]
    assert drift.loc["SNPs in the other order", "cohort"] > 0.2
    ratio = drift.loc["sum of a map", "cohort"] / drift.loc["sum of a map", "bundle"]
    assert ratio == pytest.approx(_GAIN, rel=0.2)
    predictions = read_table(applied / "predictions.parquet")
    assert predictions["predicted"].between(0, 1).all() and predictions["label"].isna().all()
    assert predictions["participant_id"].nunique() > 0.8 * _PEOPLE
    assert not len(read_table(applied / "scores.parquet"))
    page = (applied / "report.html").read_text()
    assert page.index('id="drift"') < page.index('id="scores"') and "Nobody's outcome is known" in page
    assert not any(person in page for person in predictions["participant_id"])


def _apply(study: Study, name: str, config: str) -> Path:
    alone = Study(study.folder, (study.overlay(name, config),))
    run = alone.snakemake("apply")
    assert run.returncode == 0, run.stdout[-4000:]
    return study.folder / config.split("\n")[0].split(": ")[1] / "application"


def _text(name: str, data: bytes) -> str:
    if name.endswith(".parquet"):
        return pq.read_table(io.BytesIO(data)).to_pandas().to_csv() + str(pq.read_schema(io.BytesIO(data)).metadata)
    if name.endswith(".ckpt"):
        return str(torch.load(io.BytesIO(data), weights_only=True))
    return "" if name.endswith(".npy") else data.decode()


def _shapes(name: str, data: bytes) -> list[tuple[int, ...]]:
    if name.endswith(".parquet"):
        return [pq.read_table(io.BytesIO(data)).shape]
    if name.endswith(".npy"):
        return [np.load(io.BytesIO(data)).shape]
    value = torch.load(io.BytesIO(data), weights_only=True) if name.endswith(".ckpt") else json.loads(data)
    return list(_nested_shapes(value))


def _nested_shapes(value: object) -> list[tuple[int, ...]]:
    if isinstance(value, torch.Tensor):
        assert value.untyped_storage().nbytes() == value.numel() * value.element_size()
        return [tuple(value.shape)]
    if isinstance(value, dict):
        return [shape for part in value.values() for shape in _nested_shapes(part)]
    if isinstance(value, list | tuple):
        return [(len(value),), *(shape for part in value for shape in _nested_shapes(part))]
    return []


def _spoil(folder: Path) -> None:
    """Fifty of the study's people under other ids, with other files."""
    results, target = folder / "results-tiny", folder / "spoiled"
    target.mkdir()
    participants = read_table(results / "cohort/participants.parquet")
    own = participants[participants["has_image"] & participants["has_genotypes"]].head(_PEOPLE)["participant_id"]
    names = {person: str(9000001 + number) for number, person in enumerate(own)}
    main = pd.read_csv(folder / _SIMULATION / "ukb_main.csv", dtype=str).set_index("eid")
    main = main.loc[list(names), [name for name in main.columns if not name.startswith("4282-")]].rename(index=names)
    main.to_csv(target / "main.csv")
    (target / "relatives.dat").write_text("ID1 ID2 HetHet IBS0 Kinship\n")
    images = pd.read_csv(folder / _SIMULATION / "images.csv", dtype=str).set_index("participant_id")["path"]
    for person, name in names.items():
        image = nib.load(folder / _SIMULATION / images[person])
        affine = image.affine @ np.diag([_VOXEL_MM / 9, _VOXEL_MM / 9, _VOXEL_MM / 9, 1])
        values = resampled(image, image.shape, affine, order=1) * _GAIN
        nib.save(nib.Nifti1Image(values.astype(np.float32), affine), target / f"{name}.nii")
    everybody = pd.Index(participants.loc[participants["has_genotypes"], "participant_id"]).sort_values()
    counts = read_blocks([results / f"genetics/chrom{chrom}/genotypes.parquet" for chrom in (11, 19)], everybody)
    facts = read_arrow(results / "genetics/variants.parquet").to_pandas().set_index("variant_id").loc[counts.variants]
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={chrom}>" for chrom in (11, 19))]
    lines += ['##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">']
    lines += ["\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *names.values()])]
    rows = everybody.get_indexer(list(names))
    for number in sorted(
        range(len(facts)), key=lambda place: (int(facts["chrom"].iloc[place]), facts["pos"].iloc[place])
    ):
        if number % 3 == 2:
            continue
        snp, turned = facts.iloc[number], number % 2 == 1
        values = np.rint(counts.values[rows, number].astype(float))
        alleles = (snp["alt"], snp["ref"]) if turned else (snp["ref"], snp["alt"])
        calls = [("./." if not 0 <= c <= 2 else ("0/0", "0/1", "1/1")[int(2 - c if turned else c)]) for c in values]
        lines.append("\t".join([snp["chrom"], str(snp["pos"]), ".", *alleles, ".", ".", ".", "GT", *calls]))
    (target / "genotypes.vcf").write_text("\n".join(lines) + "\n")
