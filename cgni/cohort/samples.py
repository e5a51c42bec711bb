"""People of the genotype files: .sample (BGEN), .psam (PGEN), .fam (BED), and the header of VCF and BCF."""

import gzip
import struct
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited
from cgni.base.text_files import read_text

_REMEDY = "set inputs.genotypes.files and inputs.genotypes.sample (.sample, .psam, .fam, or the VCF itself)"
_VCF_FIXED = 9  # columns before the first person


def read_people(path: str | Path) -> pd.DataFrame:
    """People of a genotype file: str column participant_id, float column missing (NaN if not stated).

    By the ending of `path`: .sample (ID_2; two header lines, then one line a person), .psam (IID), .fam
    (second column), .vcf, .vcf.gz, .bcf (the header's names). Withdrawn people may carry negative ids.

    Raises
    ------
    InputError
        No such file, not such a file, nobody in it, or ids that appear twice.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file with the people of the genotypes; {_REMEDY}")
    reader = {".psam": _read_psam, ".fam": _read_fam, ".vcf": _read_vcf, ".gz": _read_vcf, ".bcf": _read_vcf}
    listed = reader.get(path.suffix, _read_sample)(path)
    nameless = int(listed["participant_id"].isna().sum())
    if listed.empty or nameless:
        raise InputError(f"{path}: holds nobody" if listed.empty else f"{path}: {nameless} lines without an id")
    real = ~listed["participant_id"].str.startswith("-")  # withdrawn people carry placeholders
    doubled = int(listed.loc[real, "participant_id"].duplicated().sum())
    if doubled:
        raise InputError(f"{path}: {doubled} ids appear more than once; every person needs an own id")
    return listed


def common_people(paths: Sequence[str]) -> pd.DataFrame:
    """People of all chromosomes' files, which must be the same; the highest `missing` of each.

    Raises
    ------
    InputError
        Files that name different people, with the number of differences.
    """
    paths = list(dict.fromkeys(str(path) for path in paths))
    files = [read_people(path) for path in paths]
    first = set(files[0]["participant_id"])
    for path, people in zip(paths[1:], files[1:], strict=True):
        others = set(people["participant_id"])
        if others != first:
            raise InputError(
                f"{path}: {len(others - first)} people are not in {paths[0]} and {len(first - others)} of its people "
                "are missing; the genotype files of all chromosomes must name the same people"
            )
    return pd.concat(files).groupby("participant_id", as_index=False, sort=True)["missing"].max()


def vcf_header(path: str | Path) -> list[str]:
    """Header lines of a VCF (plain or gzip) or BCF2 file, the last one naming the people.

    Raises
    ------
    InputError
        Not such a file.
    """
    path = Path(path)
    try:
        if path.suffix == ".bcf":
            with gzip.open(path, "rb") as stream:
                start = stream.read(9)
                if start[:4] != b"BCF\2":
                    raise InputError(f"{path}: not a BCF2 file")
                lines = stream.read(struct.unpack("<I", start[5:9])[0]).rstrip(b"\0").decode().splitlines()
        else:
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", encoding="utf-8") as stream:
                lines = []
                for line in stream:
                    lines.append(line.rstrip("\r\n"))
                    if not line.startswith("##"):
                        break
    except (OSError, EOFError, UnicodeDecodeError, struct.error) as error:
        raise InputError(f"{path}: not a readable VCF or BCF file ({error})") from error
    if not lines or not lines[-1].startswith("#CHROM"):
        raise InputError(f"{path}: not a VCF or BCF file; its header has no line #CHROM")
    return lines


def _read_sample(path: Path) -> pd.DataFrame:
    first = [line.split()[:2] for line in read_text(path, _REMEDY).splitlines()[:2]]
    if first != [["ID_1", "ID_2"], ["0", "0"]]:
        raise InputError(f"{path}: not a .sample file; its first lines must be `ID_1 ID_2 missing ...` and `0 0 0 ...`")
    people = read_delimited(path, _REMEDY).iloc[1:]
    return _listed(people["ID_2"], people["missing"] if "missing" in people.columns else None)


def _read_psam(path: Path) -> pd.DataFrame:
    lines = (line for line in read_text(path, _REMEDY).splitlines() if not line.startswith("##"))
    if not next(lines, "").startswith(("#FID", "#IID")):
        raise InputError(f"{path}: not a .psam file; its header must start with #FID or #IID")
    return _listed(read_delimited(path, _REMEDY, ["IID"])["IID"])


def _read_fam(path: Path) -> pd.DataFrame:
    rows = [line.split() for line in read_text(path, _REMEDY).splitlines() if line.strip()]
    broken = sum(len(row) < 6 for row in rows)
    if broken:
        raise InputError(f"{path}: {broken} lines without the six columns of a .fam file")
    return _listed(pd.Series([row[1] for row in rows], dtype=str))


def _read_vcf(path: Path) -> pd.DataFrame:
    return _listed(pd.Series(vcf_header(path)[-1].split("\t")[_VCF_FIXED:], dtype=str))


def _listed(ids: pd.Series, missing: pd.Series | None = None) -> pd.DataFrame:
    stated = pd.Series("", index=ids.index) if missing is None else missing
    values = pd.to_numeric(stated, errors="coerce").to_numpy("float64")
    return pd.DataFrame({"participant_id": ids.astype("str").to_numpy(), "missing": values}).astype(
        {"participant_id": "str"}
    )
