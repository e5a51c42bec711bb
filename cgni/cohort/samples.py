"""People of the genotype files: .sample (BGEN), .psam (PGEN), .fam (BED), and the header of VCF and BCF."""

import gzip
import logging
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cgni.base.errors import InputError
from cgni.base.small_tables import read_delimited
from cgni.base.text_files import read_text
from cgni.cohort.bgen_header import read_bgen_ids
from cgni.cohort.id_lists import plain_ids, single_ids

_REMEDY = "set inputs.genotypes.files and inputs.genotypes.sample (.sample, .psam, .fam, or the VCF itself)"
_SEXES = {"m": 1.0, "male": 1.0, "f": 2.0, "female": 2.0}
_VCF_FIXED = 9  # columns before the first person


def read_people(path: str | Path) -> pd.DataFrame:
    """People of a genotype file: str column participant_id; float columns missing and sex (NaN if not stated).

    By the ending of `path`: .sample (ID_2; two header lines, then one line a person), .psam (IID), .fam (second
    column), .vcf, .vcf.gz, .bcf (the header's names), .bgen (the ids it holds). Ids that all are family and person's id
    joined, both the same, are read once, and that is logged. Withdrawn people may carry negative ids.
    `sex` is 0 female, 1 male, as in UK Biobank's field 31.

    Raises
    ------
    InputError
        No such file, not such a file, nobody in it, ids that appear twice, or that are all masked.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file with the people of the genotypes; {_REMEDY}")
    reader = {".psam": _read_psam, ".fam": _read_fam, ".vcf": _read_vcf, ".gz": _read_vcf, ".bcf": _read_vcf}
    reader[".bgen"] = _read_bgen
    listed = reader.get(path.suffix, _read_sample)(path)
    nameless = int(listed["participant_id"].isna().sum())
    if listed.empty or nameless:
        raise InputError(f"{path}: holds nobody" if listed.empty else f"{path}: {nameless} lines without an id")
    listed = listed.assign(participant_id=pd.Series(plain_ids(path, listed["participant_id"]), dtype="str"))
    single = pd.Series(single_ids(listed["participant_id"]), dtype="str")
    if not single.equals(listed["participant_id"]):
        logging.info(
            "%s: all %d ids are family and person's id joined, as in 7_7, and read as 7", path.name, len(listed)
        )
        listed = listed.assign(participant_id=single)
    real = ~listed["participant_id"].str.startswith("-")  # withdrawn people carry placeholders
    if not real.any():
        raise InputError(
            f"{path}: all its ids are negative: they are masked, as in UK Biobank's own copy; take the list of your "
            "application"
        )
    doubled = int(listed.loc[real, "participant_id"].duplicated().sum())
    if doubled:
        raise InputError(f"{path}: {doubled} ids appear more than once; every person needs an own id")
    return listed


def common_people(paths: Sequence[str]) -> pd.DataFrame:
    """People of all chromosomes' files, which must be the same; the highest `missing` of each, and sex.

    Raises
    ------
    InputError
        Files that name different people, with the number of differences, or .sample files of another order.
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
        same = files[0]["participant_id"].equals(people["participant_id"])
        if Path(path).suffix == ".sample" and not same:
            raise InputError(
                f"{path}: the people of {paths[0]} in another order; give every chromosome the list that was made with "
                "its BGEN file, all in one order"
            )
    return pd.concat(files).groupby("participant_id", as_index=False, sort=True)[["missing", "sex"]].max()


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
    except (OSError, EOFError, UnicodeDecodeError, struct.error, zlib.error) as error:
        raise InputError(f"{path}: not a readable VCF or BCF file ({error})") from error
    if not lines or not lines[-1].startswith("#CHROM"):
        raise InputError(f"{path}: not a VCF or BCF file; its header has no line #CHROM")
    return lines


def _read_sample(path: Path) -> pd.DataFrame:
    first = [line.split()[:2] for line in read_text(path, _REMEDY).splitlines()[:2]]
    if first != [["ID_1", "ID_2"], ["0", "0"]]:
        raise InputError(f"{path}: not a .sample file; its first lines must be `ID_1 ID_2 missing ...` and `0 0 0 ...`")
    people = read_delimited(path, _REMEDY).iloc[1:]
    return _listed(people["ID_2"], people.get("missing"), people.get("sex"))


def _read_psam(path: Path) -> pd.DataFrame:
    lines = (line for line in read_text(path, _REMEDY).splitlines() if not line.startswith("##"))
    if not next(lines, "").startswith(("#FID", "#IID")):
        raise InputError(f"{path}: not a .psam file; its header must start with #FID or #IID")
    people = read_delimited(path, _REMEDY, ["IID"])
    return _listed(people["IID"], sex=people.get("SEX"))


def _read_fam(path: Path) -> pd.DataFrame:
    rows = [line.split() for line in read_text(path, _REMEDY).splitlines() if line.strip()]
    broken = sum(len(row) < 6 for row in rows)
    if broken:
        raise InputError(f"{path}: {broken} lines without the six columns of a .fam file")
    ids, sex = (pd.Series([row[column] for row in rows], dtype=str) for column in (1, 4))
    return _listed(ids, sex=sex)


def _read_bgen(path: Path) -> pd.DataFrame:
    ids = read_bgen_ids(path)
    if not ids:
        raise InputError(f"{path}: holds no ids of its people, and there is no list of them; {_REMEDY}")
    return _listed(pd.Series(ids, dtype=str))


def _read_vcf(path: Path) -> pd.DataFrame:
    return _listed(pd.Series(vcf_header(path)[-1].split("\t")[_VCF_FIXED:], dtype=str))


def _listed(ids: pd.Series, missing: pd.Series | None = None, sex: pd.Series | None = None) -> pd.DataFrame:
    """`sex`: plink's codes, 1 or M male and 2 or F female."""
    shares, codes = (
        pd.to_numeric(pd.Series("", index=ids.index) if column is None else column, errors="coerce").astype("float64")
        for column in (missing, sex)
    )
    if sex is not None:
        codes = codes.fillna(sex.str.strip().str.lower().map(_SEXES))
    columns = {"participant_id": ids, "missing": shares, "sex": codes.map({1.0: 1.0, 2.0: 0.0})}
    return pd.DataFrame(columns).astype({"participant_id": "str"}).reset_index(drop=True)
