"""plink2: import of the candidates from a BGEN file, statistics, hard calls.

plink2 sees people as row numbers, never by their ids, so no log of it can name anybody.
"""

import contextlib
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workflow_scripts.cgni.errors import InputError
from workflow_scripts.cgni.job import die_with_parent

_NO_VARIANTS = "No variants remaining"
_SCRATCH = ".plink-"
_MISSING = -1
# 2-bit codes of a variant-major .bed, lowest bits first, as copies of its first allele (plink2: ALT)
_BED_COUNTS = np.array([2, _MISSING, 1, 0], dtype=np.int8)


@dataclass(frozen=True)
class Plink:
    """How plink2 runs: the program, a scratch folder, threads and memory (MB)."""

    program: str
    scratch: Path
    threads: int
    memory_mb: int

    def run(self, arguments: Sequence[str | Path], out: str) -> Path:
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
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A temporary folder in `parent` that is removed at the end, and so are those of killed jobs."""
    parent.mkdir(parents=True, exist_ok=True)
    for left_over in parent.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left_over)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=parent) as folder:
        yield Path(folder)


def last_words(log: str, lines: int = 3) -> str:
    """The error in a plink2 log (else its last lines), in one line, quoted parts left out."""
    text = [line.strip() for line in log.splitlines() if line.strip() and not line.startswith("End time")]
    first = next((number for number, line in enumerate(text) if line.startswith("Error")), max(0, len(text) - lines))
    return re.sub(r"'[^']*'", "'...'", " ".join(text[first : first + lines]))


def bgen_counts(path: str | Path) -> tuple[int, int]:
    """(variants, people) that the header of a BGEN file declares.

    Raises
    ------
    InputError
        No such file, or not a BGEN file. Format: https://www.well.ox.ac.uk/~gav/bgen_format
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such BGEN file; set inputs.genotypes.bgen")
    with path.open("rb") as stream:
        header = stream.read(20)
    if len(header) < 20 or header[16:20] not in (b"bgen", b"\0\0\0\0"):
        raise InputError(f"{path}: not a BGEN file")
    _, _, variants, people = struct.unpack("<4I", header[:16])
    return variants, people


def import_bgen(
    plink: Plink, bgen: str | Path, people: np.ndarray, positions: pd.Series, chrom: str, hard_call: float
) -> pd.DataFrame:
    """Import the variants at `positions` and the given people to the fileset `scratch/variants`.

    Parameters
    ----------
    people
        bool, one per person of the BGEN file in its order: who is kept.
    positions
        Base-pair positions (int) of the candidates on `chrom`.
    hard_call
        plink2's --hard-call-threshold.

    Returns
    -------
    The variants found, in file order: chrom, pos, ref, alt (str). Empty (and no fileset) when none.
    """
    sample, ranges = plink.scratch / "people.sample", plink.scratch / "positions.bed"
    sample.write_text("ID_1 ID_2 missing\n0 0 0\n" + "".join(f"0 r{row} 0\n" for row in range(len(people))))
    ranges.write_text("".join(f"{chrom}\t{pos}\t{pos}\tx\n" for pos in sorted(set(positions))))
    keep = write_rows(plink, "keep", np.flatnonzero(people))
    arguments = ["--bgen", bgen, "ref-first", "--sample", sample, "--hard-call-threshold", hard_call]
    arguments += ["--extract", "bed1", ranges, "--keep", keep, "--make-pgen"]
    try:
        prefix = plink.run(arguments, "variants")
    except InputError as error:
        if _NO_VARIANTS in str(error):
            return pd.DataFrame({"chrom": [], "pos": [], "ref": [], "alt": []})
        raise InputError(f"{bgen}: {error}; the file may be truncated") from error
    found = pd.read_csv(f"{prefix}.pvar", sep="\t", dtype={"#CHROM": str, "REF": str, "ALT": str}, na_filter=False)
    found.columns = [name.lstrip("#").lower() for name in found.columns]
    return found[["chrom", "pos", "ref", "alt"]]


def write_rows(plink: Plink, name: str, rows: np.ndarray) -> Path:
    """A --keep file of people given by their row in the BGEN file."""
    path = plink.scratch / f"{name}.txt"
    path.write_text("#IID\n" + "".join(f"r{row}\n" for row in rows))
    return path


def has_dosages(plink: Plink) -> bool:
    """Whether `scratch/variants` holds dosages beside hard calls."""
    prefix = plink.run(["--pfile", plink.scratch / "variants", "--pgen-info"], "info")
    said = Path(f"{prefix}.log").read_text()
    return "No dosages present" not in said


def variant_statistics(plink: Plink, keep: Path) -> pd.DataFrame:
    """Statistics of `scratch/variants` among the people in `keep`, in file order.

    Returns
    -------
    Columns missingness (share without even a dosage), alt_frequency (from dosages), hwe_p (exact test
    on hard calls), mach_r2; float64.
    """
    arguments = ["--pfile", plink.scratch / "variants", "--keep", keep]
    arguments += ["--freq", "counts", "cols=chrom,ref,alt,altfreq,nobs,machr2", "--hardy", "cols=chrom,ax,p"]
    arguments += ["--missing", "variant-only", "vcols=chrom,nmissdosage,nobs"]
    prefix = plink.run(arguments, "statistics")
    read = {"sep": "\t", "na_values": ["nan", "NA", "."], "keep_default_na": False}
    frequency, missing = pd.read_csv(f"{prefix}.acount", **read), pd.read_csv(f"{prefix}.vmiss", **read)
    hardy = pd.read_csv(f"{prefix}.hardy", **read)
    if not len(frequency) == len(missing) == len(hardy):
        raise RuntimeError("plink2's reports differ in length: are there variants with more than two alleles?")
    return pd.DataFrame(
        {
            "missingness": missing["MISSING_DOSAGE_CT"] / missing["OBS_CT"],
            "alt_frequency": frequency["ALT_CTS"].astype("float64")
            / frequency["OBS_CT"].where(frequency["OBS_CT"] > 0),
            "hwe_p": hardy["P"].astype("float64"),
            "mach_r2": frequency["MACH_R2"].astype("float64"),
        }
    )


def read_hard_calls(plink: Plink) -> np.ndarray:
    """ALT allele counts of `scratch/variants`: int8 (people, variants), -1 = missing, file orders."""
    prefix = plink.run(["--pfile", plink.scratch / "variants", "--make-bed"], "calls")
    people = len(Path(f"{prefix}.fam").read_text().splitlines())
    return decode_bed(Path(f"{prefix}.bed").read_bytes(), people)


def decode_bed(content: bytes, people: int) -> np.ndarray:
    """Counts of the first allele, int8 (people, variants), of a variant-major .bed.

    Format: https://www.cog-genomics.org/plink/1.9/formats#bed
    """
    if content[:3] != b"\x6c\x1b\x01":
        raise ValueError("not a variant-major .bed file")
    width = (people + 3) // 4
    packed = np.frombuffer(content, dtype=np.uint8, offset=3).reshape(-1, width)
    codes = (packed[:, :, None] >> np.array([0, 2, 4, 6], dtype=np.uint8)) & 3
    return _BED_COUNTS[codes.reshape(len(packed), -1)[:, :people]].T
