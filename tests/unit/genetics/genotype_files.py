"""Small UK-Biobank-like genotype files, written by plink2 from a VCF."""

import math
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

PEOPLE = 200
HEADER = (
    '##fileformat=VCFv4.2\n##contig=<ID=2>\n##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
    '##FORMAT=<ID=DS,Number=1,Type=Float,Description="d">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT'
)
_CALLS = {0: "0/0", 1: "0/1", 2: "1/1", -1: "./."}


@dataclass
class Variant:
    """A record of chromosome 2: counts of ALT of the PEOPLE, -1 = missing; dosages replace the counts."""

    pos: int
    ref: str
    alt: str
    counts: np.ndarray
    info: float = 0.9
    dosages: np.ndarray | None = field(default=None)

    @property
    def maf(self) -> float:
        """Minor allele frequency of the people with a call or dosage."""
        copies = self.counts[self.counts >= 0] if self.dosages is None else self.dosages
        frequency = float(np.mean(copies)) / 2 if len(copies) else 0.0
        return min(frequency, 1 - frequency)

    def line(self, withdrawn: int) -> str:
        """The VCF record; the first `withdrawn` people of the file are all 1/1."""
        calls = [_CALLS[int(count)] for count in self.counts]
        if self.dosages is not None:
            calls = [f"./.:{dosage:.4f}" for dosage in self.dosages]
        calls = ["1/1"] * withdrawn + calls
        return "\t".join(["2", str(self.pos), f"rs{self.pos}", self.ref, self.alt, ".", ".", ".", "GT:DS", *calls])


def hardy_counts(frequency: float, seed: int, missing: int = 0) -> np.ndarray:
    """Genotypes in exact Hardy-Weinberg proportions (up to rounding), shuffled."""
    both = round(PEOPLE * frequency**2)
    one = round(2 * PEOPLE * frequency) - 2 * both
    counts = np.repeat([2, 1, 0], [both, one, PEOPLE - both - one])
    counts = np.random.default_rng(seed).permutation(counts)
    counts[np.flatnonzero(counts == 0)[:missing]] = -1
    return counts


def write_files(folder: Path, variants: list[Variant], ids: list[str], bits: int = 8) -> tuple[Path, Path, Path]:
    """Write `chr2.bgen`, `.sample` and the mfi file of the variants; return their paths."""
    vcf, mfi = folder / "chr2.vcf", folder / "chr2.mfi"
    names = "\t".join(f"P{number}" for number in range(len(ids)))
    vcf.write_text("\n".join([f"{HEADER}\t{names}", *[variant.line(len(ids) - PEOPLE) for variant in variants]]) + "\n")
    export = ["--export", "bgen-1.2", f"bits={bits}", "ref-first"]
    command = ["plink2", "--vcf", vcf, "dosage=DS", *export, "--out", folder / "chr2", "--silent"]
    subprocess.run(list(map(str, command)), check=True)
    sample = folder / "chr2.sample"
    sample.write_text("ID_1 ID_2 missing sex\n0 0 0 D\n" + "".join(f"{i} {i} 0 1\n" for i in ids))
    mfi.write_text(
        "".join(f"2:{v.pos}\trs{v.pos}\t{v.pos}\t{v.ref}\t{v.alt}\t{v.maf:.5f}\t{v.alt}\t{v.info}\n" for v in variants)
    )
    return folder / "chr2.bgen", sample, mfi


def hardy_p(hom_ref: int, het: int, hom_alt: int) -> float:
    """Exact Hardy-Weinberg test by its definition (Wigginton 2005), summing over all heterozygote counts."""
    people, rare = hom_ref + het + hom_alt, het + 2 * min(hom_ref, hom_alt)
    logs = {}
    for hets in range(rare % 2, rare + 1, 2):
        rare_homs = (rare - hets) // 2
        counts = (hets, rare_homs, people - hets - rare_homs)
        logs[hets] = hets * math.log(2) - sum(math.lgamma(count + 1) for count in counts)
    top = max(logs.values())
    weights = {hets: math.exp(value - top) for hets, value in logs.items()}
    observed = weights[het] * (1 + 1e-9)
    return sum(weight for weight in weights.values() if weight <= observed) / sum(weights.values())
