"""Which files make up a chromosome's genotypes, by the ending of the one that the config names.

Imported while the DAG is built, so nothing heavy is imported here.
"""

from pathlib import Path

from cgni.base.errors import InputError
from cgni.genetics.settings import GenotypeInputs

# ending: (format, ending of the file that lists the people, ending of the file that lists the variants)
_ENDINGS: dict[str, tuple[str, str | None, str | None]] = {
    ".bgen": ("bgen", ".sample", None),
    ".pgen": ("pgen", ".psam", ".pvar"),
    ".bed": ("bed", ".fam", ".bim"),
    ".vcf": ("vcf", None, None),
    ".vcf.gz": ("vcf", None, None),
    ".bcf": ("bcf", None, None),
}


def genotype_format(path: str) -> str:
    """`bgen`, `pgen`, `bed`, `vcf` or `bcf`, by the ending of `path`.

    Raises
    ------
    InputError
        Any other ending.
    """
    return _ENDINGS[_ending(path)][0]


def people_file(path: str, sample: str | None) -> str:
    """The file that lists the people of `path`: `sample` if given, else the one beside it, else itself.

    A VCF lists them itself, a BGEN file where there is no .sample beside it.

    Raises
    ------
    InputError
        An unknown ending.
    """
    ending = _ENDINGS[_ending(path)][1]
    if sample or ending is None:
        return sample or path
    beside = path.removesuffix(_ending(path)) + ending
    return path if ending == ".sample" and not Path(beside).is_file() else beside


def variants_file(path: str) -> str | None:
    """The .pvar (or .pvar.zst) or .bim beside a PGEN or BED file; None for formats that hold their variants themselves.

    Raises
    ------
    InputError
        An unknown ending.
    """
    ending = _ENDINGS[_ending(path)][2]
    if ending is None:
        return None
    beside = path.removesuffix(_ending(path)) + ending
    packed = f"{beside}.zst"  # as plink2 writes it when asked to; it reads both
    return packed if ending == ".pvar" and not Path(beside).is_file() and Path(packed).is_file() else beside


def chromosome_files(genotypes: GenotypeInputs, chrom: str | int) -> dict[str, str | None]:
    """Paths `genotypes`, `people`, `variants` and `mfi` (None where there is none) of a chromosome.

    Raises
    ------
    InputError
        A genotype file of an unknown ending.
    """
    path = genotypes.files.format(chrom=chrom)
    sample, mfi = (named and named.format(chrom=chrom) for named in (genotypes.sample, genotypes.mfi))
    return {
        "genotypes": path,
        "people": people_file(path, sample),
        "variants": variants_file(path),
        "mfi": mfi,
    }


def _ending(path: str) -> str:
    for ending in sorted(_ENDINGS, key=len, reverse=True):
        if path.endswith(ending):
            return ending
    raise InputError(f"{path}: not a genotype file by its ending; known are {', '.join(_ENDINGS)}")
