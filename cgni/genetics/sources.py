"""Import of the candidates from BGEN, PGEN, BED, VCF or BCF files to one fileset that all formats share.

plink2 sees people as row numbers wherever the format lets it; messages of it never reach a log with ids.
"""

import logging
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.bgen_header import read_bgen_ids, read_header
from cgni.cohort.id_lists import KnownIds, plain_ids
from cgni.cohort.samples import vcf_header
from cgni.genetics.bgen import copy_variants, locate_variants
from cgni.genetics.paths import genotype_format
from cgni.genetics.plink import NO_VARIANTS, Argument, Plink, missing_calls, read_pvar, write_rows

_FOUND = ["pos", "ref", "alt", "row", "file_info", "half_calls"]
# keys of imputation quality in a .pvar's or VCF's INFO: IMPUTE and bcftools, minimac, Beagle
INFO_KEYS = ("INFO", "R2", "DR2", "RSQ", "AR2")
_INFO_VALUE = re.compile(rf"(?:^|;)(?P<key>{'|'.join(INFO_KEYS)})=(?P<value>[-+.0-9eE]+)(?=;|$)", re.IGNORECASE)
_DOSAGE_FIELDS = ("DS", "HDS", "GP")
_HALF_CALL = "GT half-call"  # of plink2's message
_NO_CHROMOSOME = re.compile(r"No variants (?:in|loaded)")
_UNSORTED, _LINE = "requires a sorted", re.compile(r"\bline \d+\b", re.IGNORECASE)
_SCANNED = re.compile(r"--[vb]cf: (\d+) variants? scanned(?: \((\d+) skipped\))?")


@dataclass(frozen=True)
class GenotypeFiles:
    """A chromosome's genotype file, the file that lists its people, and (or None) its .pvar/.bim and mfi file."""

    chrom: str
    genotypes: Path
    people: Path
    variants: Path | None
    mfi: Path | None

    @classmethod
    def of(
        cls, chrom: str, genotypes: str, people: str, variants: str | None = None, mfi: str | None = None
    ) -> "GenotypeFiles":
        """From paths; `variants` and `mfi` are empty or None where there is no such file."""
        beside = (Path(path) if path else None for path in (variants, mfi))
        return cls(chrom, Path(genotypes), Path(people), *beside)

    @property
    def format(self) -> str:
        """`bgen`, `pgen`, `bed`, `vcf` or `bcf`."""
        return genotype_format(str(self.genotypes))

    @property
    def states_reference(self) -> bool:
        """Whether the file says which allele is REF (a .bim does not)."""
        return self.format != "bed"


def check_people(files: GenotypeFiles, ids: pd.Index) -> None:
    """Refuse a list of people that does not belong to the genotype file.

    Parameters
    ----------
    ids
        Of the list, in its order.

    Raises
    ------
    InputError
        Another number of people; or a BGEN file whose own ids are the same in another order, or some of the same.
    """
    if files.format == "bgen":
        count = read_header(files.genotypes).people
        if count != len(ids):
            raise InputError(
                f"{files.people}: {len(ids)} people, but {files.genotypes} holds {count}; they belong together"
            )
        _check_order(files, ids)
    if not files.genotypes.is_file():
        raise InputError(f"{files.genotypes}: no such {files.format.upper()} file; set inputs.genotypes.files")
    if files.variants is not None and not files.variants.is_file():
        raise InputError(f"{files.variants}: no such file; it must lie beside {files.genotypes.name}")


def _check_order(files: GenotypeFiles, ids: pd.Index) -> None:
    """Ids of a BGEN file that are all others' (row numbers, other codes) say nothing of the order."""
    known, texts = KnownIds(ids), plain_ids(files.genotypes, read_bgen_ids(files.genotypes))
    persons = [known.find(text.rpartition("_")[2]) for text in texts]  # of family and person's id, as plink joins them
    own = pd.Index([known.find(text) or text for text in texts] if None in persons else persons, dtype="str")
    shared = int(own.isin(ids).sum())
    if not shared or own.equals(ids):
        return
    if shared == len(ids):
        other = int((own.to_numpy() != ids.to_numpy()).sum())
        raise InputError(
            f"{files.people}: {other} of {len(ids)} people are in another place than in {files.genotypes}, which holds "
            "ids too; give the list that was made with it"
        )
    raise InputError(
        f"{files.people}: {shared} of its {len(ids)} people are in {files.genotypes}, which holds ids too, and the "
        "others are not; give the list that was made with it"
    )


def import_variants(
    plink: Plink, files: GenotypeFiles, people: np.ndarray, positions: Collection[int] | None, hard_call: float
) -> pd.DataFrame:
    """Import the records at `positions` (None: of the whole chromosome) and the given people to `scratch/variants`.

    Parameters
    ----------
    people
        bool, one per person of the file in its order: who is kept; plink2 calls them r0, r1 ...
    positions
        Base-pair positions of the candidates.
    hard_call
        plink2's --hard-call-threshold.

    Returns
    -------
    The records found, multi-allelic ones included, in file order: pos (int), ref, alt (str, capitals; several joined
    by commas), row (int: number among the biallelic ones, the rows of `plink.variant_statistics` and
    `plink.read_hard_calls`; -1 for the others), file_info (str: the key and value of imputation quality that the
    file states, missing if it states none), half_calls (int: genotypes such as 0/. of the given people, which are
    missing). Empty (and no fileset) when nothing is there.

    Raises
    ------
    InputError
        plink2 cannot read the file: it is truncated or of another kind.
    """
    keep = write_rows(plink, "keep", np.flatnonzero(people))
    shared: list[Argument] = ["--hard-call-threshold", hard_call, "--keep", keep, "--make-pgen"]
    if files.format == "bgen":
        return _import_bgen(plink, files, len(people), positions, shared)
    # contigs that plink2 does not know are another chromosome's like any other
    extract: list[Argument] = ["--allow-extra-chr", "--chr", files.chrom]
    if positions is not None:
        ranges = plink.scratch / "positions.bed"
        ranges.write_text("".join(f"{files.chrom}\t{pos}\t{pos}\tx\n" for pos in sorted(set(positions))))
        extract += ["--extract", "bed1", ranges]
    renamed: list[Argument] = ["--psam", _write_psam(plink, len(people)), *shared]
    if files.format in ("vcf", "bcf"):
        return _import_vcf(plink, files, extract, renamed)
    source: list[Argument] = ["--pgen", files.genotypes, "--pvar", str(files.variants)]
    if _run(plink, files, [*source, *extract, *renamed], "variants") is None:
        return _no_records()
    return _records(Path(f"{plink.scratch / 'variants'}.pvar"))


def _import_vcf(
    plink: Plink, files: GenotypeFiles, extract: Sequence[Argument], renamed: Sequence[Argument]
) -> pd.DataFrame:
    """By way of a fileset with the VCF's own ids, on which plink2 insists."""
    source: list[Argument] = [f"--{files.format}", files.genotypes, *_dosage_field(files.genotypes), *extract]
    imported = plink.scratch / "imported"
    onwards: list[Argument] = ["--pgen", f"{imported}.pgen", "--pvar", f"{imported}.pvar", *renamed]
    halves = None
    try:
        found = _run(plink, files, [*source, "--make-pgen"], "imported")
    except InputError as error:
        if _HALF_CALL not in str(error):
            raise
        # as calls of one allele they are there, as missing ones not: the difference is their number
        if _run(plink, files, [*source, "--vcf-half-call", "haploid", "--make-pgen"], "imported") is not None:
            _run(plink, files, onwards, "halves")
            halves = missing_calls(plink, "halves")
        found = _run(plink, files, [*source, "--vcf-half-call", "missing", "--make-pgen"], "imported")
    if found is None:
        return _no_records()
    _tell_scanned(Path(f"{imported}.log"), files.chrom)
    _run(plink, files, onwards, "variants")
    records = _records(Path(f"{plink.scratch / 'variants'}.pvar"))
    if halves is not None:
        records["half_calls"] = missing_calls(plink, "variants") - halves
        logging.info("%d half calls (such as 0/.) of %d records are missing", records["half_calls"].sum(), len(records))
    return records


def _tell_scanned(log: Path, chrom: str) -> None:
    """Say how many records plink2 passed over, which may lie on contigs with odd names."""
    scanned = _SCANNED.search(" ".join(log.read_text().split()))
    if scanned and scanned[2]:
        logging.info("%s records of chromosome %s, %s of other chromosomes and contigs", scanned[1], chrom, scanned[2])


def _import_bgen(
    plink: Plink, files: GenotypeFiles, people: int, positions: Collection[int] | None, shared: Sequence[Argument]
) -> pd.DataFrame:
    """Copy the blocks of the records (`bgen.copy_variants`) so that plink2 decodes the candidates alone."""
    blocks = locate_variants(files.genotypes, files.chrom, positions)
    blocks = blocks.assign(ref=blocks["ref"].str.upper(), alt=blocks["alt"].str.upper())
    biallelic = ~blocks["alt"].str.contains(",")
    found = blocks.assign(row=np.where(biallelic, biallelic.cumsum() - 1, -1), file_info=None, half_calls=0)[_FOUND]
    if biallelic.any():
        subset, sample = plink.scratch / "subset.bgen", plink.scratch / "people.sample"
        sample.write_text("ID_1 ID_2 missing\n0 0 0\n" + "".join(f"0 r{row} 0\n" for row in range(people)))
        copy_variants(files.genotypes, blocks[biallelic], subset)
        _run(plink, files, ["--bgen", subset, "ref-first", "--sample", sample, *shared], "variants")
        subset.unlink()
    return found


def _run(plink: Plink, files: GenotypeFiles, arguments: Sequence[Argument], out: str) -> Path | None:
    """plink2's output prefix; None when no variant is left."""
    try:
        return plink.run(arguments, out)
    except InputError as error:
        if NO_VARIANTS in str(error):
            return None
        if _NO_CHROMOSOME.search(str(error)):
            raise InputError(
                f"{files.genotypes}: no record of chromosome {files.chrom}; it must be named {files.chrom} or "
                f"chr{files.chrom} there, not by an accession such as NC_000002.11"
            ) from error
        raise InputError(f"{files.genotypes}: {error}; {_remedy(str(error))}") from error


def _remedy(told: str) -> str:
    """What to do about a file that plink2 refuses, by its message."""
    if _UNSORTED in told:
        return "its records are not in the order of their positions: sort it (bcftools sort, or plink2 --sort-vars)"
    if _LINE.search(told):
        return "that line is damaged or cut short: write the file again"
    return "the file may be truncated or not what its ending says"


def _write_psam(plink: Plink, people: int) -> Path:
    path = plink.scratch / "people.psam"
    path.write_text("#IID\tSEX\n" + "".join(f"r{row}\tNA\n" for row in range(people)))
    return path


def _dosage_field(path: Path) -> list[str]:
    """plink2's `dosage=` of the first field of dosages that the header declares; none for hard calls only."""
    header = vcf_header(path)
    for field in _DOSAGE_FIELDS:
        if any(line.startswith(f"##FORMAT=<ID={field},") for line in header):
            return [f"dosage={field}"]
    return []


def _records(pvar: Path) -> pd.DataFrame:
    """Records of a .pvar that plink2 wrote."""
    table = read_pvar(pvar)
    biallelic = ~table["alt"].str.contains(",")
    texts = table["info"] if "info" in table.columns else pd.Series("", index=table.index)
    stated = texts.str.extract(_INFO_VALUE)
    return pd.DataFrame(
        {
            "pos": table["pos"].astype("int64"),
            "ref": table["ref"].str.upper(),
            "alt": table["alt"].str.upper(),
            "row": np.where(biallelic, biallelic.cumsum() - 1, -1),
            "file_info": (stated["key"] + "=" + stated["value"]).where(stated["key"].notna()),
            "half_calls": 0,
        }
    )


def _no_records() -> pd.DataFrame:
    numbers = {"pos": "int64", "row": "int64", "half_calls": "int64"}
    return pd.DataFrame({name: pd.Series([], dtype=numbers.get(name, "str")) for name in _FOUND})
