"""plink2: how it runs, the statistics it reports, the hard calls and dosages it exports.

plink2 sees people as row numbers, never by their ids, so no log of it can name anybody.
"""

import contextlib
import csv
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.processes import die_with_parent
from cgni.base.programs import plink2_path

Argument = str | Path | int | float
NO_VARIANTS = "No variants remaining"
_SCRATCH = ".plink-"
_MISSING = -1
# 2-bit codes of a variant-major .bed, lowest bits first, as copies of its first allele (plink2: ALT)
_BED_COUNTS = np.array([2, _MISSING, 1, 0], dtype=np.int8)
# the four counts that each possible byte holds
_BED_BYTES = _BED_COUNTS[(np.arange(256)[:, None] >> np.array([0, 2, 4, 6])) & 3]
_PYTHON_MB = 500  # of a job's memory, which plink2 must leave alone
_TRAW_COLUMNS = 6  # CHR SNP (C)M POS COUNTED ALT, then the people


@dataclass(frozen=True)
class Plink:
    """How plink2 runs: the program, a scratch folder, threads and memory (MB)."""

    program: str
    scratch: Path
    threads: int
    memory_mb: int

    def run(self, arguments: Sequence[Argument], out: str) -> Path:
        """Run plink2 with `--out scratch/out` and return that prefix.

        Raises
        ------
        InputError
            plink2 failed; with the last lines of what it said.
        """
        prefix = self.scratch / out
        limits = ["--threads", str(self.threads), "--memory", str(self.memory_mb), "--silent"]
        command = [self.program, *map(str, arguments), *limits, "--out", str(prefix)]
        run = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            preexec_fn=die_with_parent,
        )
        if run.returncode:
            log = Path(f"{prefix}.log")
            said = log.read_text(errors="replace") if log.is_file() else run.stdout + run.stderr
            raise InputError(f"plink2 failed ({Path(str(arguments[1])).name}): {last_words(said)}")
        return prefix


@contextlib.contextmanager
def open_plink(beside: str | Path, job: str, threads: int, memory_mb: int) -> Iterator[Plink]:
    """plink2 with a scratch folder of its own.

    Parameters
    ----------
    beside
        An output of the job: the scratch folder lies in the same folder and is removed at the end.
    job
        Name of what is done; scratch folders that killed runs of it left behind go.
    memory_mb
        Memory of the whole job; a part of it is Python's.

    Raises
    ------
    InputError
        plink2 is not installed.
    """
    with _scratch_folder(Path(beside).parent, job) as scratch:
        yield Plink(plink2_path(), scratch, threads, memory_mb - _PYTHON_MB)


@contextlib.contextmanager
def _scratch_folder(parent: Path, job: str) -> Iterator[Path]:
    """A temporary folder of `job` in `parent` that is removed at the end, and so are those of killed runs of it."""
    parent.mkdir(parents=True, exist_ok=True)
    for left_over in parent.glob(f"{_SCRATCH}{job}-*"):
        shutil.rmtree(left_over)
    with tempfile.TemporaryDirectory(prefix=f"{_SCRATCH}{job}-", dir=parent) as folder:
        yield Path(folder)


def last_words(log: str, lines: int = 3) -> str:
    """The error in a plink2 log (else its last lines), in one line, quoted parts left out."""
    text = [line.strip() for line in log.splitlines() if line.strip() and not line.startswith("End time")]
    first = next((number for number, line in enumerate(text) if line.startswith("Error")), max(0, len(text) - lines))
    return re.sub(r"'[^']*'", "'...'", " ".join(text[first : first + lines]))


def _biallelic(plink: Plink) -> list[Argument]:
    return ["--pfile", plink.scratch / "variants", "--max-alleles", "2"]


def write_rows(plink: Plink, name: str, rows: np.ndarray) -> Path:
    """A --keep file of people given by their row in the genotype file."""
    path = plink.scratch / f"{name}.txt"
    path.write_text("#IID\n" + "".join(f"r{row}\n" for row in rows))
    return path


def has_dosages(plink: Plink) -> bool:
    """Whether `scratch/variants` holds dosages beside hard calls."""
    prefix = plink.run(["--pfile", plink.scratch / "variants", "--pgen-info"], "info")
    said = Path(f"{prefix}.log").read_text()
    return "No dosages present" not in said


def variant_statistics(plink: Plink, keep: Path, keep_hardy: Path) -> pd.DataFrame:
    """Statistics of the biallelic `scratch/variants`, in file order.

    Parameters
    ----------
    keep
        The people of all statistics but the Hardy-Weinberg test (`write_rows`).
    keep_hardy
        The people of that test.

    Returns
    -------
    Columns missingness (share without even a dosage), missing_calls (share without a hard call), alt_frequency
    (from dosages), hwe_p (exact test on hard calls), mach_r2; float64.
    """
    counts: list[Argument] = ["--freq", "counts", "cols=chrom,ref,alt,altfreq,nobs,machr2"]
    counts += ["--missing", "variant-only", "vcols=chrom,nmissdosage,nmiss,nobs"]
    test: list[Argument] = ["--hardy", "cols=chrom,ax,p"]
    if keep_hardy == keep:
        prefix = tested = plink.run([*_biallelic(plink), "--keep", keep, *counts, *test], "statistics")
    else:
        prefix = plink.run([*_biallelic(plink), "--keep", keep, *counts], "statistics")
        tested = plink.run([*_biallelic(plink), "--keep", keep_hardy, *test], "tested")
    frequency, missing, hardy = (_report(f"{prefix}.acount"), _report(f"{prefix}.vmiss"), _report(f"{tested}.hardy"))
    if not len(frequency) == len(missing) == len(hardy):
        raise RuntimeError("plink2's reports differ in length: are there variants with more than two alleles?")
    return pd.DataFrame(
        {
            "missingness": missing["MISSING_DOSAGE_CT"] / missing["OBS_CT"],
            "missing_calls": missing["MISSING_CT"] / missing["OBS_CT"],
            "alt_frequency": frequency["ALT_CTS"].astype("float64")
            / frequency["OBS_CT"].where(frequency["OBS_CT"] > 0),
            "hwe_p": hardy["P"].astype("float64"),
            "mach_r2": frequency["MACH_R2"].astype("float64"),
        }
    )


def _report(path: str) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", na_values=["nan", "NA", "."], keep_default_na=False)


def missing_calls(plink: Plink, fileset: str) -> np.ndarray:
    """Genotypes of each record (int) of a fileset in the scratch folder that have no hard call."""
    report = ["--missing", "variant-only", "vcols=chrom,nmiss"]
    prefix = plink.run(["--pfile", plink.scratch / fileset, *report], f"{fileset}-missing")
    counts: np.ndarray = _report(f"{prefix}.vmiss")["MISSING_CT"].to_numpy(np.int64)
    return counts


def missing_by_person(plink: Plink) -> np.ndarray:
    """Share of the biallelic `scratch/variants` of which each person has not even a dosage, in file order."""
    report = ["--missing", "sample-only", "scols=nmissdosage,nobs"]
    table = _report(f"{plink.run([*_biallelic(plink), *report], 'people')}.smiss")
    shares: np.ndarray = (table["MISSING_DOSAGE_CT"] / table["OBS_CT"]).to_numpy(np.float64)
    return shares


def read_hard_calls(plink: Plink, rows: np.ndarray) -> np.ndarray:
    """ALT allele counts of the `rows` of the biallelic `scratch/variants`: int8 (people, rows), -1 = missing."""
    prefix = plink.run([*_biallelic(plink), "--make-bed"], "calls")
    people = len(Path(f"{prefix}.fam").read_text().splitlines())
    return decode_bed(np.fromfile(f"{prefix}.bed", dtype=np.uint8), people, rows)


def read_dosages(plink: Plink, rows: np.ndarray) -> np.ndarray:
    """ALT dosages (hard calls where there are none): float32 (people, rows), NaN = missing.

    Through plink2's text export of the wanted rows alone; `rows` are rows of the biallelic `scratch/variants`.
    """
    fileset, chosen, named = plink.scratch / "variants", plink.scratch / "rows.txt", plink.scratch / "rows.pvar"
    # the ids of a file need not be unique
    variants = read_pvar(Path(f"{fileset}.pvar"))
    biallelic = ~variants["alt"].str.contains(",")
    variants["id"] = np.where(biallelic, "v" + (biallelic.cumsum() - 1).astype(str), "multi")
    columns = variants[["chrom", "pos", "id", "ref", "alt"]].to_csv(sep="\t", header=False, index=False)
    named.write_text("#CHROM\tPOS\tID\tREF\tALT\n" + columns)
    chosen.write_text("".join(f"v{row}\n" for row in rows))
    source: list[Argument] = ["--pgen", f"{fileset}.pgen", "--pvar", named, "--psam", f"{fileset}.psam"]
    prefix = plink.run([*source, "--extract", chosen, "--export", "A-transpose"], "dosages")
    references = variants.loc[biallelic, "ref"].to_numpy()
    exported = {
        row: 2 - dosages if counted == references[row] else dosages
        for row, counted, dosages in _exported(Path(f"{prefix}.traw"))
    }
    return np.stack([exported[row] for row in rows]).T


def _exported(traw: Path) -> Iterator[tuple[int, str, np.ndarray]]:
    """Number (of an id such as v7), counted allele and dosages (float32, NaN = missing) of each line of a .traw.

    Line by line: a line holds all people, and a column a person costs readers of tables more than the values.
    """
    with traw.open("rb") as lines:
        next(lines)
        for line in lines:
            *fixed, values = line.split(b"\t", _TRAW_COLUMNS)
            dosages = np.fromstring(values.replace(b"NA", b"nan"), dtype=np.float32, sep="\t")
            yield int(fixed[1][1:]), fixed[4].decode(), dosages


def read_pvar(path: Path) -> pd.DataFrame:
    """A .pvar that plink2 wrote, every column as str, names in lower case (chrom, pos, id, ref, alt, ...)."""
    # ids and INFO may be in any encoding, and hold single quotes; what is read of them is plain
    with path.open(encoding="utf-8", errors="replace") as stream:
        comments = 0
        while stream.readline().startswith("##"):
            comments += 1
    options = {"quoting": csv.QUOTE_NONE, "encoding_errors": "replace"}
    table = pd.read_csv(path, sep="\t", skiprows=comments, dtype=str, na_filter=False, **options)
    table.columns = [name.lstrip("#").lower() for name in table.columns]
    return table


def decode_bed(content: np.ndarray, people: int, rows: np.ndarray | None = None) -> np.ndarray:
    """Counts of the first allele, int8 (people, variants), of the bytes (uint8) of a variant-major .bed.

    `rows`: the wanted variants (default: all). Format: https://www.cog-genomics.org/plink/1.9/formats#bed

    Raises
    ------
    ValueError
        The bytes of another file.
    """
    if content[:3].tobytes() != b"\x6c\x1b\x01":
        raise ValueError("not a variant-major .bed file")
    width = (people + 3) // 4
    packed = content[3:].reshape(-1, width)
    packed = packed if rows is None else packed[rows]
    counts: np.ndarray = _BED_BYTES[packed].reshape(len(packed), -1)[:, :people].T
    return counts
