"""From a list of candidates to genotypes, statistics and tables: the stage's own scripts against one bare plink2 call.

plink2 filters the whole 8-bit BGEN by the same four filters and writes only the list of what stays. The stage's
scripts (qc_variants, build_genotypes, fill_genotypes) run in a fresh interpreter, imports included. Both sides
have the same threads. The eQTL table is streamed (select_candidates) and timed apart.
"""

import argparse
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pv

from benchmarks.common import describe_machine, report
from cgni.base.programs import plink2_path
from cgni.base.tables import read_table, write_table
from cgni.cohort.schemas import ATTRITION, participants_schema, splits_schema
from cgni.genetics.schemas import CANDIDATE_VARIANTS

THREADS, MEMORY_MB, SHARE = 2, 3000, 10  # one variant in SHARE is a candidate
QC = {
    **{"info": 0.3, "missing": 0.05, "maf": 0.01, "hwe": 1e-6, "hard_call": 0.1, "strand_ambiguous": "keep"},
    **{"hwe_people": "reference", "hwe_uncertain": 1.0, "missing_of": "dosages"},
}
CFG = {
    "genetics": {
        "qc": QC,
        "coding": {"values": "hard_calls", "fill": "mean"},
        "ld": {"window_kb": 250, "block_r2": 0.5, "clump_r2": None, "per_gene": None},
        "eqtl": {"fdr": 0.05, "build": "GRCh37"},
    },
    "people": {"reference": "development"},
    "inputs": {"genotypes": {"build": "GRCh37", "chromosomes": [1]}},
}


class Named(SimpleNamespace):
    """Named inputs as Snakemake hands them to a script."""

    def items(self) -> list[tuple[str, object]]:
        """(name, path or paths) of all."""
        return list(vars(self).items())


def run_script(rule: str, inputs: Named, output: Named, folder: Path) -> None:
    """Run the rule's script as Snakemake would."""
    snakemake = SimpleNamespace(
        rule=rule,
        log=[folder / f"{rule}.log"],
        params=SimpleNamespace(cfg=CFG, code=""),
        input=inputs,
        output=output,
        wildcards=SimpleNamespace(chrom="1", fold="0"),
        threads=THREADS,
        resources=SimpleNamespace(mem_mb=MEMORY_MB + 500),
    )
    runpy.run_path(f"workflow_scripts/{rule}.py", init_globals={"snakemake": snakemake})


def run_stage(folder: Path) -> None:
    """The stage from `candidates.parquet` on, into `folder`/out."""
    out = folder / "out"
    study = {name: folder / f"{name}.parquet" for name in ("participants", "splits", "candidates")}
    qc, chromosome, genotypes = (out / f"{name}.parquet" for name in ("qc", "chromosome", "genotypes"))
    files = {"genotypes": folder / "d.bgen", "people": folder / "d.sample", "variants": [], "mfi": []}
    run_script("qc_variants", Named(**files, **study), Named(qc=qc, genotypes=chromosome), out)
    assessed = {"qc": [qc], "genotypes": [chromosome], "selection": folder / "selection.parquet"}
    tables = {name: out / f"{name}.parquet" for name in ("variants", "snp_genes", "ld_blocks", "attrition")}
    run_script("build_genotypes", Named(**assessed, **study), Named(genotypes=genotypes, **tables), out)
    filled = Named(genotypes=genotypes, splits=study["splits"])
    run_script("fill_genotypes", filled, Named(fill=out / "fill.parquet"), out)


def run_selection(folder: Path) -> None:
    """The selection from the two big tables."""
    inputs = Named(
        eqtl=folder / "eqtl.txt",
        eqtl_snps=folder / "snps.txt",
        ppi=folder / "ppi.tsv",
        genes="resources/go/genes.parquet",
        aliases="resources/go/aliases.parquet",
    )
    output = Named(candidates=folder / "selected.parquet", attrition=folder / "selected_attrition.parquet")
    run_script("select_candidates", inputs, output, folder)


class Cost(NamedTuple):
    """Wall seconds, processor seconds and peak memory (MB) of a process with its children."""

    wall: float
    cpu: float
    memory: float


def timed(command: list[str]) -> Cost:
    """Run the command and measure it."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said.decode(errors="replace")[-3000:])
    return Cost(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def own(what: str, folder: Path) -> Cost:
    """Run a part of this file in a fresh interpreter."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    return timed([sys.executable, __file__, what, str(folder)])


def bare(folder: Path) -> Cost:
    """One plink2 call with the same four filters on the whole file."""
    filters = ["--geno", QC["missing"], "dosage", "--maf", QC["maf"], "--hwe", QC["hwe"]]
    filters += ["--mach-r2-filter", QC["info"]]
    source = ["--bgen", folder / "d.bgen", "ref-first", "--sample", folder / "d.sample", "--hard-call-threshold", "0.1"]
    limits = ["--threads", THREADS, "--memory", MEMORY_MB, "--silent", "--write-snplist", "--out", folder / "bare"]
    return timed([plink2_path(), *map(str, [*source, *filters, *limits])])


def make_files(folder: Path, people: int, snps: int) -> None:
    """plink2 --dummy as 8-bit BGEN, the candidates among it, and the cohort's tables."""
    folder.mkdir(parents=True)
    dummy = ["--dummy", people, snps, "0.01", "acgt", "dosage-freq=0.1", "--seed", 1, "--threads", THREADS]
    export = ["--export", "bgen-1.2", "bits=8", "ref-first", "--make-just-pvar", "--silent", "--out", folder / "d"]
    subprocess.run([plink2_path(), *map(str, [*dummy, *export])], check=True)
    pvar = pd.read_csv(folder / "d.pvar", sep="\t", dtype={"#CHROM": str}).rename(columns=str.lower)
    chosen = pvar.iloc[::SHARE].rename(columns={"#chrom": "chrom", "id": "rsid"})
    names = chosen["chrom"] + ":" + chosen["pos"].astype(str) + ":" + chosen["ref"] + ":" + chosen["alt"]
    candidates = chosen.assign(variant_id=names, ref_stated=True, gene_id="ENSG0", symbol="G", eqtl_p=1e-6)
    write_table(candidates[CANDIDATE_VARIANTS.names], folder / "candidates.parquet", CANDIDATE_VARIANTS, {})
    write_table(pd.DataFrame(columns=ATTRITION.names), folder / "selection.parquet", ATTRITION, {})
    sample = (folder / "d.sample").read_text().splitlines()[2:]
    ids = [line.split()[1] for line in sample]
    cohort = pd.DataFrame({"participant_id": ids, "family": ids, "has_image": True, "has_genotypes": True})
    cohort = cohort.assign(age=60.0, sex=0, site="1", head_size=1.0, outcome=5, outcome_group=0)
    cohort = cohort.assign(largest_ancestry=True, unrelated=True)
    write_table(cohort, folder / "participants.parquet", participants_schema(0), {})
    splits = pd.DataFrame({"participant_id": ids, "role": "development", "fold": np.arange(people) % 2})
    write_table(splits.assign(monitor_0=False, monitor_1=False), folder / "splits.parquet", splits_schema(2), {})


def make_eqtl_tables(folder: Path, rows: int) -> None:
    """PsychENCODE-like eQTL and SNP tables: `rows` pairs, half as many SNPs, one gene in fifty in the network."""
    rng = np.random.default_rng(0)
    snps = np.arange(1, rows // 2 + 1) * 50
    pos, gene = rng.choice(snps, rows), rng.integers(0, 30_000, rows)
    chrom, eights = ["chr1"] * rows, np.full(rows, 12345678)
    real = np.round(rng.random(rows), 12)
    columns = {
        "gene_id": [f"ENSG{g:011d}.3" for g in gene],
        "gene_chr": chrom,
        "gene_start": eights,
        "gene_end": eights,
        "strand": ["+"] * rows,
        "number_of_SNPs_tested": eights,
        "SNP_distance_to_TSS": eights,
        "SNP_id": [f"1:{value}" for value in pos],
        "SNP_chr": chrom,
        "SNP_start": pos,
        "SNP_end": pos,
        "nominal_pval": real,
        "regression_slope": real,
        "top_SNP": np.zeros(rows, int),
        "FDR": rng.random(rows) * 0.05,
    }
    options = pv.WriteOptions(delimiter="\t", quoting_style="none")
    pv.write_csv(pa.table(columns), folder / "eqtl.txt", options)
    count = len(snps)
    alleles = {"REF": ["A"] * count, "ALT": ["G"] * count}
    names = {"PEC_id": [f"1:{value}" for value in snps], "Rsid": [f"rs{value}" for value in snps]}
    places = {"chr": ["chr1"] * count, "position": snps}
    pv.write_csv(pa.table({**names, **places, **alleles}), folder / "snps.txt", options)
    lines = ["symbol\tgene_id\tsources", *[f"G{g}\tENSG{g:011d}\tbenchmark" for g in range(0, 30_000, 50)]]
    (folder / "ppi.tsv").write_text("\n".join(lines) + "\n")


def disagreements(folder: Path) -> int:
    """Candidates whose fate differs from plink2's, those at an inclusive bound left out."""
    table = read_table(folder / "out/variants.parquet")
    kept = set((folder / "bare.snplist").read_text().split())
    bound = (table["maf"] == QC["maf"]) | (table["missingness"] == QC["missing"]) | (table["info"] == QC["info"])
    return int(((table["rsid"].isin(kept) != table["passed"]) & ~bound).sum())


def compare(folder: Path, people: int, snps: int, repeats: int) -> dict[str, float]:
    """Both sides at full size, in turn."""
    make_files(folder, people, snps)
    print(f"BGEN of {(folder / 'd.bgen').stat().st_size / 1e6:.0f} MB")
    runs = [(bare(folder), own("stage", folder)) for _ in range(repeats)]
    peer, ours = (median(run[side].wall for run in runs) for side in (0, 1))
    cpu = [median(run[side].cpu for run in runs) for side in (0, 1)]
    memory = [max(run[side].memory for run in runs) for side in (0, 1)]
    kept = int(read_table(folder / "out/variants.parquet")["passed"].sum())
    print(f"plink2 {peer:.2f} s ({cpu[0]:.2f} s of processor), {memory[0]:.0f} MB")
    print(f"stage {ours:.2f} s ({cpu[1]:.2f} s of processor), {memory[1]:.0f} MB; {kept} kept")
    numbers = {"ratio": peer / ours, "agreement": disagreements(folder)}
    numbers |= {"plink2_seconds": peer, "plink2_cpu": cpu[0], "plink2_memory_mb": memory[0]}
    return numbers | {"stage_seconds": ours, "stage_cpu": cpu[1], "memory_mb": memory[1]}


def scale(folder: Path, people: int, snps: int, repeats: int) -> dict[str, float]:
    """The stage at a quarter, a half and all of the people, and of the SNPs, in processor seconds."""
    numbers = {}
    for name in ("people", "snps"):
        times = []
        for share in (4, 2, 1):
            part = folder / f"{name}{share}"
            make_files(part, people // share if name == "people" else people, snps // share if name == "snps" else snps)
            times.append(median(own("stage", part).cpu for _ in range(repeats)))
            shutil.rmtree(part)
        listed = ", ".join(f"{value:.2f}" for value in times)
        # linear: the second half adds twice what the second quarter adds
        first, second = times[1] - times[0], (times[2] - times[1]) / 2
        print(f"{name}: 1/4, 1/2, 1 -> {listed} s of processor; growth per quarter {first:.2f} s, then {second:.2f} s")
        numbers |= {
            f"{name}_{label}_cpu": value for label, value in zip(("quarter", "half", "all"), times, strict=True)
        }
    return numbers


def stream(folder: Path, rows: int, repeats: int) -> dict[str, float]:
    """The selection from the big tables, interpreter start included."""
    # in a process of its own: a process starts with its parent's memory, and its peak counts that
    subprocess.run([sys.executable, __file__, "tables", str(folder), str(rows)], check=True)
    size = (folder / "eqtl.txt").stat().st_size / 1e6
    runs = [own("selection", folder) for _ in range(repeats)]
    seconds, memory = median(run.wall for run in runs), max(run.memory for run in runs)
    print(f"eQTL table of {rows} rows ({size:.0f} MB): {seconds:.2f} s, peak memory {memory:.0f} MB")
    return {"eqtl_seconds": seconds, "eqtl_memory_mb": memory}


def main() -> None:
    """Run the asked parts and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 people x 20,000 SNPs; under a minute")
    parser.add_argument("--repeats", type=int, help="3, or 1 with --quick")
    parser.add_argument("--parts", nargs="+", default=["compare", "scale", "stream"], help="all by default")
    parser.add_argument("--people", type=int, help="5,000, or 1,000 with --quick")
    parser.add_argument("--snps", type=int, help="200,000, or 20,000 with --quick")
    options = parser.parse_args()
    repeats = options.repeats or (1 if options.quick else 3)
    people, snps, rows = (1000, 20_000, 250_000) if options.quick else (5000, 200_000, 2_500_000)
    people, snps = options.people or people, options.snps or snps
    describe_machine()
    print(f"{people} people x {snps} SNPs, {snps // SHARE} candidates, {THREADS} threads, {repeats} repeats")
    numbers: dict[str, float] = {"ratio": np.nan, "agreement": np.nan}
    with tempfile.TemporaryDirectory(prefix="bench-genetics-") as scratch:
        if "compare" in options.parts:
            numbers |= compare(Path(scratch) / "main", people, snps, repeats)
            shutil.rmtree(Path(scratch) / "main")
        if "scale" in options.parts:
            numbers |= scale(Path(scratch), people, snps, repeats)
        if "stream" in options.parts:
            numbers |= stream(Path(scratch), rows, repeats)
    report("genetics", **numbers)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "tables":
        make_eqtl_tables(Path(sys.argv[2]), int(sys.argv[3]))
    elif len(sys.argv) == 3 and sys.argv[1] in ("stage", "selection"):
        {"stage": run_stage, "selection": run_selection}[sys.argv[1]](Path(sys.argv[2]))
    else:
        main()
