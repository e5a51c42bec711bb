"""Which files make up a chromosome's genotypes, by the ending of the one that the config names.

Imported while the DAG is built, so nothing heavy is imported here.
"""

from typing import Any

from cgni.base.errors import InputError

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
    """The file that lists the people of `path`: `sample` if given, else the one beside it (of a VCF: itself)."""
    ending = _ENDINGS[_ending(path)][1]
    return sample or (path if ending is None else path.removesuffix(_ending(path)) + ending)


def variants_file(path: str) -> str | None:
    """The .pvar or .bim beside a PGEN or BED file; None for the formats that hold their variants themselves."""
    ending = _ENDINGS[_ending(path)][2]
    return None if ending is None else path.removesuffix(_ending(path)) + ending


def chromosome_files(genotypes: dict[str, Any], chrom: str | int) -> dict[str, str | None]:
    """Paths `genotypes`, `people`, `variants` and `mfi` (None where there is none) of a chromosome.

    `genotypes`: the config section `inputs.genotypes`.
    """
    path = genotypes["files"].format(chrom=chrom)
    sample, mfi = (genotypes[key] and genotypes[key].format(chrom=chrom) for key in ("sample", "mfi"))
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
