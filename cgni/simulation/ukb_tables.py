"""Write what a lab has on disk, in UK Biobank's and PsychENCODE's layouts."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.files import atomic_path, write_text

EQTL_COLUMNS = [
    "gene_id",
    "gene_chr",
    "gene_start",
    "gene_end",
    "strand",
    "number_of_SNPs_tested",
    "SNP_distance_to_TSS",
    "SNP_id",
    "SNP_chr",
    "SNP_start",
    "SNP_end",
    "nominal_pval",
    "regression_slope",
    "top_SNP",
    "FDR",
]
SNP_COLUMNS = ["PEC_id", "Rsid", "chr", "position", "REF", "ALT"]


_SCORE, _BASELINE = 4282, "0.0"  # numeric memory, at the first visit
_YEARS_BETWEEN = 2.3  # the two imaging visits


@dataclass(frozen=True)
class Visits:
    """Scores of everybody, and who comes a second time.

    Attributes
    ----------
    scores : int [people], at baseline and at the first imaging visit; later : at the second.
    second : share of people with a second imaging visit.
    """

    scores: np.ndarray
    later: np.ndarray
    second: float


def main_table(
    ids: np.ndarray,
    confounds: pd.DataFrame,
    visits: Visits,
    pcs: np.ndarray,
    related: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The main phenotype table with headers like "4282-2.0"; missing values are empty.

    Baseline is about nine years before imaging; the score of an unfinished test is -1 and of an
    unattended one empty, at a later visit it may be there.

    Parameters
    ----------
    ids : int [people].
    confounds : age, sex, site, head_size and population of each.
    visits : their scores.
    pcs : float [people, components].
    related : bool [people], children of other members.
    """
    people, scores = len(ids), visits.scores
    age, sex, site = confounds["age"].to_numpy(), confounds["sex"].to_numpy(), confounds["site"].to_numpy()
    largest, head_size = confounds["population"].to_numpy() == 0, np.round(confounds["head_size"].to_numpy(), 5)
    baseline = np.round(age - rng.uniform(8, 10, people), 0)
    second = rng.random(people) < visits.second
    abandoned, absent = rng.random(people) < 0.02, rng.random(people) < 0.04
    table: dict[str, Iterable[object] | None] = {
        "eid": ids,
        "31-0.0": sex,
        "34-0.0": (2016 - age).astype(int),
        "53-2.0": _dates(people, 0.0),
        "53-3.0": _filled(second, _dates(people, _YEARS_BETWEEN)),
        "54-0.0": rng.choice([11010, 11011, 11012], people),
        "54-2.0": site,
        "54-3.0": _filled(second, site),
        f"{_SCORE}-{_BASELINE}": _filled(~absent, np.where(abandoned, -1, scores)),
        f"{_SCORE}-2.0": _filled(rng.random(people) < 0.5, scores),
        f"{_SCORE}-3.0": _filled(second, visits.later),
        "20240-0.0": _filled(rng.random(people) < 0.2, scores),
        "21003-0.0": baseline.astype(int),
        "21003-2.0": np.round(age, 1),
        "21003-3.0": _filled(second, np.round(age + _YEARS_BETWEEN, 1)),
        "22001-0.0": sex,
        "22006-0.0": _filled(largest, np.ones(people, int)),
        "22019-0.0": None,
        "22020-0.0": _filled(~related, np.ones(people, int)),
        "22021-0.0": related.astype(int),
        "22027-0.0": None,
        "25000-2.0": head_size,
        "25000-3.0": _filled(second, head_size),
    }
    frame = pd.DataFrame(table, dtype=object)
    excluded = rng.choice(people, 4, replace=False)  # sample QC: outlier, aneuploidy, two sex mismatches
    frame.loc[excluded[0], "22027-0.0"] = 1
    frame.loc[excluded[1], "22019-0.0"] = 1
    for row in excluded[2:]:
        frame.loc[row, "22001-0.0"] = 1 - sex[row]
    components = pd.DataFrame(np.round(pcs, 5), columns=[f"22009-0.{number + 1}" for number in range(pcs.shape[1])])
    return pd.concat([frame, components], axis=1)


def write_main_table(table: pd.DataFrame, path: str | Path, field: int | str = _SCORE) -> None:
    """Write the csv as `ukbconv csv` does: every header and value in double quotes.

    `field`: that of the score; of a name, the baseline's column alone has it.
    """
    columns = {name: name.replace(f"{_SCORE}-", f"{field}-") for name in table.columns}
    if isinstance(field, str):
        columns[f"{_SCORE}-{_BASELINE}"] = field
    table = table.rename(columns=columns)
    with atomic_path(path) as temporary:
        table.to_csv(temporary, index=False, quoting=csv.QUOTE_ALL)


def relatedness_lines(
    ids: np.ndarray, pairs: Sequence[tuple[int, int]], members: np.ndarray, rng: np.random.Generator
) -> list[str]:
    """Lines `ID1 ID2 HetHet IBS0 Kinship` of first-degree pairs and of five third-degree ones below the threshold.

    Parameters
    ----------
    ids : int [people].
    pairs : rows of first-degree relatives.
    members : rows among which the third-degree ones are.
    """
    lines = ["ID1 ID2 HetHet IBS0 Kinship"]
    for first, second in pairs:
        lines.append(f"{ids[first]} {ids[second]} {rng.normal(0.12, 0.01):.3f} 0.0005 {rng.normal(0.25, 0.008):.4f}")
    for first, second in members[rng.choice(len(members), (5, 2), replace=False)]:
        lines.append(f"{ids[first]} {ids[second]} {rng.normal(0.06, 0.005):.3f} 0.0150 {rng.uniform(0.02, 0.04):.4f}")
    return lines


def write_lines(lines: Iterable[object], path: str | Path) -> None:
    """Write one item a line, whole or not at all."""
    write_text("".join(f"{line}\n" for line in lines), path)


def write_sample(sample_ids: np.ndarray, sex: np.ndarray, path: str | Path) -> None:
    """Write the .sample file; withdrawn people have negative ids, sex is 1 male, 2 female."""
    lines = ["ID_1 ID_2 missing sex", "0 0 0 D"]
    lines += [f"{i} {i} 0 {1 if s else 2}" for i, s in zip(sample_ids, sex, strict=True)]
    write_lines(lines, path)


def write_mfi(variants: pd.DataFrame, path: str | Path) -> None:
    """Write one chromosome's 8-column, header-less mfi file (needs alternate_id, maf, minor_allele, info)."""
    columns = ["alternate_id", "rsid", "pos", "ref", "alt", "maf", "minor_allele", "info"]
    with atomic_path(path) as temporary:
        variants[columns].to_csv(temporary, sep="\t", header=False, index=False, float_format="%.6g")


def eqtl_table(variants: pd.DataFrame, loci: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The PsychENCODE-like table of significant eQTLs (`EQTL_COLUMNS`).

    Every eQTL SNP is one of its own gene; every tenth is one of the next gene on the
    chromosome as well, so that the map is many-to-many.

    Parameters
    ----------
    variants : locus (row of `loci`), chrom, pos, is_eqtl; a record each, indexed 0, 1 ...
    loci : gene_id, chrom, start, end, strand.
    """
    rows = []
    for row in variants[variants["is_eqtl"]].drop_duplicates(["chrom", "pos", "locus"]).itertuples():
        neighbours = [row.locus]
        following = row.locus + 1
        if row.Index % 10 == 0 and following in loci.index and loci.at[following, "chrom"] == row.chrom:
            neighbours.append(following)
        rows += [_eqtl_row(row.chrom, row.pos, loci.loc[number], rng) for number in neighbours]
    return pd.DataFrame(rows, columns=EQTL_COLUMNS)


def snp_information(variants: pd.DataFrame) -> pd.DataFrame:
    """The SNPs of the eQTL table with their alleles (`SNP_COLUMNS`), a position once with all its ALT alleles."""
    snps = variants.assign(
        PEC_id=variants["chrom"].astype(str) + ":" + variants["pos"].astype(str),
        chr="chr" + variants["chrom"].astype(str),
    ).rename(columns={"rsid": "Rsid", "pos": "position", "ref": "REF", "alt": "ALT"})
    alts = snps.groupby("PEC_id", sort=False)["ALT"].agg(lambda alleles: ",".join(dict.fromkeys(alleles)))
    snps = snps.drop_duplicates("PEC_id").assign(ALT=lambda table: table["PEC_id"].map(alts))
    return snps[SNP_COLUMNS]


def write_tabbed(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table with a header and tabs, whole or not at all."""
    with atomic_path(path) as temporary:
        table.to_csv(temporary, sep="\t", index=False)


def _dates(people: int, years: float) -> np.ndarray:
    """Dates of a visit, as 2016-07-01: everybody comes on another day of two years."""
    days = np.arange(people) * 7 % 730 + round(365.25 * years)
    dates: np.ndarray = (np.datetime64("2014-05-01") + days.astype("timedelta64[D]")).astype(str)
    return dates


def _filled(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Object array: the values where they are known, else None."""
    return np.where(known, values.astype(object), np.array(None, object))


def _eqtl_row(chrom: int, pos: int, gene: pd.Series, rng: np.random.Generator) -> list[object]:
    p = 10 ** -rng.uniform(5, 20)
    slope, is_top = f"{rng.normal(0, 0.3):.6g}", int(rng.random() < 0.1)
    version = 1 + int(gene["gene_id"].removeprefix("ENSG")) % 9
    of_gene = [f"{gene['gene_id']}.{version}", f"chr{chrom}", gene["start"], gene["end"], gene["strand"], 3000]
    of_snp = [pos - gene["start"], f"{chrom}:{pos}", f"chr{chrom}", pos, pos + 1]
    return [*of_gene, *of_snp, f"{p:.6g}", slope, is_top, f"{min(p * 1e3, 0.049):.6g}"]
