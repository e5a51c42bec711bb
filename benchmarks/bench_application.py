"""A bundle on cohorts of one to 40,000 people: seconds and memory of every rule, and how they grow.

    PYTHONPATH=. python benchmarks/bench_application.py [--people 1 10000 20000 40000] [--folder results-application]

The bundle is the tiny study's (tests/tiny.yaml), which is run where it is not there. A cohort's people are drawn from
its simulated ones, with replacement, under new ids and with noise of their own on their maps; files are those of a lab:
a main table, BGEN, a map each. Maps have 6,000 voxels, so that packing and the networks tell how time grows, not how
long full-size maps take (benchmarks/bench_imaging_store.py does).
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import yaml

from benchmarks.common import describe_machine, report
from cgni.base.tables import read_table
from cgni.simulation.bgen import BgenVariant, write_bgen
from cgni.simulation.truth import TrueCohort
from cgni.simulation.ukb_tables import write_sample

ROOT = Path(__file__).resolve().parents[1]
_STUDY, _TINY = ROOT / "results-tiny", "tests/tiny.yaml"
_NOISE = 0.01  # SD of gray matter per voxel
_SNAKEMAKE = [str(Path(sys.executable).with_name("snakemake")), "--cores", "all", "--quiet", "all", "--nolock"]


def main() -> None:
    """Apply the bundle to cohorts of each size and print a row a rule."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=[1, 10_000, 20_000, 40_000])
    parser.add_argument("--folder", type=Path, default=ROOT / "results-application")
    given = parser.parse_args()
    describe_machine()
    subprocess.run([*_SNAKEMAKE, "bundle", "--configfile", _TINY], cwd=ROOT, check=True)
    measured = {}
    for people in given.people:
        shutil.rmtree(given.folder, ignore_errors=True)
        config = draw_cohort(people, given.folder)
        subprocess.run([*_SNAKEMAKE, "apply", "--configfile", str(config)], cwd=ROOT, check=True)
        predictions = read_table(given.folder / "results/application/predictions.parquet")
        print(f"{people} people: {predictions['participant_id'].nunique()} with predictions", flush=True)
        measured[people] = usage(given.folder / "results/benchmarks")
        shutil.rmtree(given.folder)
    table = pd.concat(measured, axis=1)
    print(table.round(1).to_string())
    many = [people for people in given.people if people > 1]
    growth = {name: exponent(table.xs(name, axis=1, level=1)[many]) for name in ("seconds", "mb")}
    for name, own in growth.items():
        print(f"exponent of {name} with people:", *(f"{rule}={value:.2f}" for rule, value in own.items()))
    largest = table[max(given.people)]
    report("application", float(growth["seconds"].max()), 1.0, seconds=largest["seconds"].sum(), mb=largest["mb"].max())


def draw_cohort(people: int, folder: Path) -> Path:
    """Write the files of a cohort of so many people; the config that applies the bundle to it."""
    rng = np.random.default_rng(people)
    truth = TrueCohort.load(_STUDY / "simulation/truth/genotypes.npz")
    images = pd.read_csv(_STUDY / "simulation/images.csv", dtype=str).set_index("participant_id")["path"]
    taking_part = read_table(_STUDY / "cohort/participants.parquet").query("has_image and has_genotypes")
    rows = rng.choice(np.flatnonzero(np.isin(truth.ids.astype(str), taking_part["participant_id"])), people)
    ids = 2_000_000 + np.arange(people)
    (folder / "maps").mkdir(parents=True)
    main = pd.read_csv(_STUDY / "simulation/ukb_main.csv", dtype=str).set_index("eid").loc[truth.ids[rows].astype(str)]
    main.set_axis(pd.Index(ids, name="eid")).to_csv(folder / "main.csv")
    _write_maps(images.loc[truth.ids[rows].astype(str)], ids, folder / "maps", rng)
    _write_genotypes(truth.genotypes[rows], truth.sex[rows], ids, folder)
    (folder / "relatives.dat").write_text("ID1 ID2 HetHet IBS0 Kinship\n")
    config = {
        "results_dir": str(folder / "results"),
        "simulation": {"enabled": False},
        "cohort": {"n_pcs": 2},
        "application": {"bundle": str(_STUDY / "application/study.cgni")},
        "inputs": {
            "phenotypes": str(folder / "main.csv"),
            "withdrawals": None,
            "relatedness": str(folder / "relatives.dat"),
            "images": str(folder / "maps/{participant_id}.nii"),
            "genotypes": {
                "files": str(folder / "c{chrom}.bgen"),
                "sample": str(folder / "c{chrom}.sample"),
                "mfi": None,
                "chromosomes": [11, 19],
            },
        },
    }
    (folder / "cohort.yaml").write_text(yaml.safe_dump(config))
    return folder / "cohort.yaml"


def _write_maps(paths: pd.Series, ids: np.ndarray, folder: Path, rng: np.random.Generator) -> None:
    loaded = {path: nib.load(_STUDY / "simulation" / path) for path in paths.unique()}
    values = {path: np.asarray(image.dataobj, np.float32) for path, image in loaded.items()}
    for person, path in zip(ids, paths, strict=True):
        noisy = values[path] + _NOISE * rng.standard_normal(values[path].shape, np.float32) * (values[path] > 0)
        nib.save(nib.Nifti1Image(np.maximum(noisy, 0), loaded[path].affine), folder / f"{person}.nii")


def _write_genotypes(genotypes: np.ndarray, sex: np.ndarray, ids: np.ndarray, folder: Path) -> None:
    variants = read_table(_STUDY / "simulation/truth/variants.parquet")
    sure = (255 * np.eye(3)[:, :2]).astype(np.uint8)
    for chrom, own in variants.groupby("chrom"):
        records = [
            BgenVariant(
                alternate_id=str(row.variant_id),
                rsid=row.rsid,
                chrom=f"{chrom:02d}",
                position=row.pos,
                ref=row.ref,
                alt=row.alt,
                probabilities=sure[genotypes[:, row.Index]],
                missing=np.zeros(len(ids), bool),
            )
            for row in own.itertuples()
        ]
        write_bgen(folder / f"c{chrom}.bgen", records, len(ids))
        write_sample(ids, sex, folder / f"c{chrom}.sample")


def usage(folder: Path) -> pd.DataFrame:
    """Seconds and peak memory in MB of every rule, from Snakemake's benchmark files."""
    found = {}
    for path in sorted(folder.glob("*/*.tsv")):
        row = pd.read_csv(path, sep="\t").iloc[0]
        found[path.parent.name] = {"seconds": float(row["s"]), "mb": float(row["max_rss"])}
    return pd.DataFrame(found).T


def exponent(table: pd.DataFrame) -> pd.Series:
    """Slope of the logarithm of each row on that of its columns' numbers of people; NaN for fewer than two."""
    if table.shape[1] < 2:
        return pd.Series(np.nan, index=table.index)
    x = np.log(table.columns.to_numpy(float))
    return table.apply(lambda row: np.polyfit(x, np.log(row.to_numpy(float)), 1)[0], axis=1)


if __name__ == "__main__":
    main()
