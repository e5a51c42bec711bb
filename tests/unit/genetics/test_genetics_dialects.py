"""Dialects of eQTL tables and genotype files: read as the plain ones are, counted, or refused."""

import gzip
import logging
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import read_table, write_table
from cgni.cohort.samples import read_people
from cgni.cohort.schemas import ATTRITION
from cgni.genetics import qc as quality
from cgni.genetics.candidates import select_candidates
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.merge import StudyGenotypes, merge_chromosomes
from cgni.genetics.network import Network, ids_by_symbol
from cgni.genetics.paths import people_file, variants_file
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import Plink, read_pvar
from cgni.genetics.schemas import CANDIDATE_VARIANTS, QC
from cgni.genetics.settings import GenotypeInputs, LinkageSettings, VariantQcSettings
from cgni.genetics.sources import GenotypeFiles
from tests.unit.genetics.genotype_files import HEADER, PEOPLE, hardy_counts

pytestmark = pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "genotypes"
REAL = Path(__file__).resolve().parents[4] / "shared" / "real" / "genotypes"
IDS = [str(5000000 + number) for number in range(PEOPLE)]
FILTERS = VariantQcSettings(strand_ambiguous="remove", hwe_people="reference", hwe_uncertain=0.2)
LINKAGE = LinkageSettings(window_kb=250, block_r2=0.5, clump_r2=None, per_gene=None)
NETWORK = Network(pd.DataFrame({"gene_id": ["ENSG01", "ENSG05", "ENSG02"], "symbol": ["MAPT", "MAPT", "FYN"]}))
GENES = pd.DataFrame({"symbol": ["MAPT", "MAPT", "FYN", "OTHER"], "gene_id": ["ENSG01", "ENSG05", "ENSG02", "ENSG09"]})
ALIASES = pd.DataFrame({"alias": ["TAU", "SLK", "SLK", "OTHER"], "symbol": ["MAPT", "FYN", "OTHER", "MAPT"]})
CALLS = {0: "0/0", 1: "0/1", 2: "1/1", -1: "./."}


def _selected(path: Path, text: str, snps: str | None = None, build: str = "GRCh38") -> tuple[pd.DataFrame, list[str]]:
    """Candidates of a table, and the notes of the steps."""
    path.mkdir(exist_ok=True)
    (path / "eqtl").write_text(text)
    symbols = ids_by_symbol(NETWORK, GENES, ALIASES)
    eqtl = read_eqtl_pairs(path / "eqtl", 0.05, set(NETWORK.genes["gene_id"]), symbols, build)
    alleles = None
    if snps is not None:
        (path / "snps").write_text(snps)
        alleles = read_snp_alleles(path / "snps", set(eqtl.pairs["snp"]))
    candidates, attrition = select_candidates(eqtl, alleles, NETWORK, ["2"])
    write_table(candidates, path / "candidates.parquet", CANDIDATE_VARIANTS, {})
    write_table(attrition.frame(), path / "attrition.parquet", ATTRITION, {})
    return read_table(path / "candidates.parquet"), attrition.frame()["note"].fillna("").tolist()


GTEX = (
    "variant_id\tgene_id\ttss_distance\tma_samples\tma_count\tmaf\tpval_nominal\tslope\n"
    "chr2_10_A_G_b38\tENSG01.5\t1\t2\t3\t0.1\t1e-9\t-0.3\nchr2_20_AT_A_b38\tENSG02.1\t1\t2\t3\t0.1\t1e-7\t0.2\n"
)
CATALOGUE = (
    "molecular_trait_id\tchromosome\tposition\tref\talt\tvariant\tpvalue\tbeta\tgene_id\trsid\n"
    "ENSG01\t2\t10\tA\tG\tchr2_10_A_G\t1e-9\t0.1\tENSG01\trs1\nENSG02\t2\t20\tAT\tA\tchr2_20_AT_A\t1e-7\t0.1\tENSG02\tNA\n"
)


@pytest.mark.parametrize("text", [GTEX, CATALOGUE, GTEX.replace("chr2_", "Chr02_"), CATALOGUE.replace("_A_G", "_a_g")])
def test_gtex_and_eqtl_catalogue(tmp_path: Path, text: str) -> None:
    candidates, notes = _selected(tmp_path, text)
    assert candidates["variant_id"].tolist() == ["2:10:A:G", "2:20:AT:A"]
    assert candidates["gene_id"].tolist() == ["ENSG01", "ENSG02"] and not candidates["ref_stated"].any()
    assert candidates["eqtl_p"].tolist() == [1e-9, 1e-7]
    assert candidates["rsid"].fillna("").tolist() == (["rs1", ""] if "rsid" in text else ["", ""])
    assert notes[4] == "no SNP table: ids of 2 SNPs hold alleles, 0 a position alone"


def test_false_discovery_rates_by_other_names_are_applied(tmp_path: Path) -> None:
    for name in ("qval", "FDR", "Q", "q_value"):
        table = f"SNP\tGene\t{name}\n2:10:A:G\tENSG01\t0.01\n2:20:A:G\tENSG01\t0.2\n"
        assert _selected(tmp_path / name, table)[0]["variant_id"].tolist() == ["2:10:A:G"], name


def test_ids_of_another_build_and_tables_of_all_tested_pairs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"2 of 2 SNP ids say that they are not GRCh37, as genetics\.eqtl\.build"):
        _selected(tmp_path, GTEX, build="GRCh37")
    _selected(tmp_path, GTEX.replace("_b38", "_b37"), build="GRCh37")
    with pytest.raises(InputError, match=r"p is above genetics\.eqtl\.fdr \(0\.05\) for 1 of 2 pairs"):
        _selected(tmp_path, GTEX.replace("1e-7", "0.4"))


def test_symbols_stand_for_ensembl_ids(tmp_path: Path) -> None:
    """A symbol of two ids is one gene; SLK is a former name of two; OTHER is another gene's own symbol."""
    rows = [
        "2:10:A:G\tmapt",
        "2:11:A:G\tTAU",
        "2:12:A:G\tSLK",
        "2:13:A:G\tOTHER",
        "2:14:A:G\tFYN",
        "2:15:A:G\tensg05.2",
    ]
    candidates, notes = _selected(tmp_path, "snp\tgene\n" + "\n".join(rows) + "\n")
    assert candidates["gene_id"].tolist() == ["ENSG01", "ENSG01", "ENSG02", "ENSG05"]
    assert candidates["pos"].tolist() == [10, 11, 14, 15]
    assert notes[2].endswith("; 3 pairs by the symbol of the gene")


SNPS = "pec_ID\tRSID\tCHR\tPosition\tref\tALT\n2:10\trs1\tchr2\t10\ta\tg\n"


def test_snp_tables_in_other_cases_and_ids_that_are_not_in_them(tmp_path: Path) -> None:
    table = "snp\tgene\nchr2:10\tENSG01\n2:30:C:T\tENSG01\n2:40\tENSG01\n"
    candidates, notes = _selected(tmp_path, table, SNPS)
    assert candidates["variant_id"].tolist() == ["2:10:A:G", "2:30:C:T"]
    assert candidates["ref_stated"].tolist() == [True, False]
    assert notes[4] == "1 SNPs that are not in it by the alleles in their ids"


def test_a_snp_has_one_name_in_whatever_order_its_alleles_stand(tmp_path: Path) -> None:
    """2:10 without alleles, G:A and A:G are one SNP; an indel in the other order is another variant."""
    names = ["2:10", "2:10:G:A", "2:10:A:G", "2:20:A:AT", "2:20:AT:A", "2:30", "rs5"]
    rows = "".join(f"{name}\tENSG01\t0.00{number}\n" for number, name in enumerate(names, start=1))
    candidates, notes = _selected(tmp_path, "snp\tgene\tp\n" + rows)
    assert candidates["variant_id"].tolist() == ["2:10:G:A", "2:20:A:AT", "2:20:AT:A", "2:30"]
    assert candidates["eqtl_p"].tolist()[0] == 0.001
    assert notes[4].endswith("4 SNPs hold alleles, 2 a position alone; 1 say no place and are left out")


def _vcf(path: Path, rows: list[tuple[str, str, str, str, list[str]]], ids: list[str] = IDS) -> Path:
    """rows: chrom, pos, ref, alt, calls."""
    lines = [f"{HEADER}\t" + "\t".join(ids)]
    lines += ["\t".join([c, pos, ".", ref, alt, ".", ".", ".", "GT", *calls]) for c, pos, ref, alt, calls in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def _calls(counts: np.ndarray) -> list[str]:
    return [CALLS[int(count)] for count in counts]


def _assess(
    path: Path, names: list[str], ref_stated: bool = True, values: str = "hard_calls", mfi: Path | None = None
) -> tuple[pd.DataFrame, AlleleCounts, GenotypedPeople]:
    parts = [(*name.split(":"), None, None)[:4] for name in names]
    candidates = pd.DataFrame(parts, columns=["chrom", "pos", "ref", "alt"]).assign(variant_id=names, rsid=None)
    candidates = candidates.assign(pos=candidates["pos"].astype(int), ref_stated=ref_stated)
    beside = people_file(str(path), None), variants_file(str(path))
    files = GenotypeFiles.of("2", str(path), *beside, mfi=str(mfi) if mfi else None)
    ids = pd.Index(read_people(files.people)["participant_id"])
    people = GenotypedPeople(ids.sort_values(), reference=ids, imaged=ids, development=ids)
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    plink = Plink("plink2", scratch, 1, 640)
    return *assess_chromosome(plink, files, candidates, people, FILTERS, values), people


def _merged(table: pd.DataFrame, counts: AlleleCounts, people: GenotypedPeople, folder: Path) -> StudyGenotypes:
    write_table(table[QC.names], folder / "qc.parquet", QC, {})
    candidates = table[["candidate_id"]].rename(columns={"candidate_id": "variant_id"})
    candidates = candidates.assign(gene_id="ENSG01", symbol="MAPT", eqtl_p=np.nan)
    inputs = GenotypeInputs(build="GRCh37", chromosomes=(2,))
    return merge_chromosomes(read_table(folder / "qc.parquet"), counts, candidates, people, inputs, LINKAGE)


@pytest.mark.parametrize("ending", ["vcf", "pgen", "bed", "bgen"])
def test_alleles_of_ids_match_in_either_order(tmp_path: Path, ending: str) -> None:
    """Ids such as 2:100:G:A do not say which allele is REF; a SNP table does, and indels in the other order differ."""
    drawn = {pos: hardy_counts(0.3, pos) for pos in (100, 200, 300)}
    rows = [("chr2", str(pos), "A", "AT" if pos == 300 else "G", _calls(counts)) for pos, counts in drawn.items()]
    path = _vcf(tmp_path / "x.vcf", rows)
    export = {"pgen": ["--make-pgen"], "bed": ["--make-bed"], "bgen": ["--export", "bgen-1.2", "bits=8", "ref-first"]}
    if ending in export:
        command = ["plink2", "--vcf", path, *export[ending], "--out", tmp_path / "x", "--silent"]
        subprocess.run(list(map(str, command)), check=True)
        path = tmp_path / f"x.{ending}"
    names = ["2:100:G:A", "2:200:A:G", "2:300:AT:A"]
    table, counts, people = _assess(path, names, ref_stated=False)
    indel = "2:300:AT:A" in counts.variants
    assert indel == (ending == "bed")  # a .bim does not say which allele is REF
    assert table["found"].tolist() == [True, True, indel] and table["swapped"].tolist() == [True, False, True]
    order = np.argsort(people.everybody.get_indexer(IDS))
    np.testing.assert_array_equal(counts.values[:, 0], 2 - drawn[100][order])
    np.testing.assert_array_equal(counts.values[:, 1], drawn[200][order])
    notes = _merged(table, counts, people, tmp_path).attrition.frame().set_index("step")["note"]
    assert notes[quality.MISMATCH].endswith("; 1 more match with their alleles in the other order") or indel
    if ending != "bed":
        stated, _, _ = _assess(path, names)
        assert stated["found"].tolist() == [False, True, False] and stated["swapped"].tolist() == [True, False, True]


def test_lower_case_alleles_and_an_mfi_with_gaps(tmp_path: Path) -> None:
    """Its rows with NA remove their variants, counted; its alleles may stand in the other order."""
    rows = [("2", str(pos), "a", "g", _calls(hardy_counts(0.3, pos))) for pos in (100, 200, 300)]
    mfi = tmp_path / "chr2.mfi"
    lines = [
        f"x\trs\t{pos}\t{alleles}\t0.3\tg\t{info}\n"
        for pos, alleles, info in ((100, "a\tg", "0.9"), (200, "A\tG", "NA"), (300, "g\ta", "0.8"))
    ]
    mfi.write_text("".join(lines) + "y\trs\tNA\tA\tG\tNA\tNA\tNA\n")
    table, counts, people = _assess(_vcf(tmp_path / "x.vcf", rows), [f"2:{p}:A:G" for p in (100, 200, 300)], mfi=mfi)
    assert table["reason"].fillna("").tolist() == ["", quality.LOW_INFO, ""]
    assert table["info"].fillna(-1).tolist() == [0.9, -1, 0.8]
    notes = _merged(table, counts, people, tmp_path).attrition.frame().set_index("step")["note"]
    assert notes[quality.LOW_INFO] == "source: mfi; 1 without a value there"
    mfi.write_text("".join(lines[1:]))
    with pytest.raises(InputError, match="1 of 3 candidate variants of the genotype file are not in it"):
        _assess(tmp_path / "x.vcf", [f"2:{p}:A:G" for p in (100, 200, 300)], mfi=mfi)


def test_half_calls_and_odd_contigs_of_a_vcf(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    drawn = {pos: hardy_counts(0.3, pos) for pos in (100, 200)}
    halves = _calls(drawn[100])
    halves[3], halves[9] = "0/.", "./1"
    odd = [(name, "5", "A", "G", _calls(drawn[200])) for name in ("chrUn_KI270742v1", "HLA-A*01:01", "GL000192.1")]
    rows = [("2", "100", "A", "G", halves), ("2", "200", "A", "G", _calls(drawn[200])), *odd]
    with caplog.at_level(logging.INFO):
        table, counts, people = _assess(_vcf(tmp_path / "x.vcf", rows), ["2:100:A:G", "2:200:A:G"])
    assert "2 half calls (such as 0/.) of 2 records are missing" in caplog.messages
    assert "2 records of chromosome 2, 3 of other chromosomes and contigs" in caplog.messages
    assert table["half_calls"].tolist() == [2, 0] and table["missingness"].tolist() == [2 / PEOPLE, 0]
    expected = drawn[100].copy()
    expected[[3, 9]] = -1
    np.testing.assert_array_equal(counts.values[:, 0], expected)
    notes = _merged(table, counts, people, tmp_path).steps().set_index("step")["note"]
    assert (
        "; 2 half calls (such as 0/.) of the candidates, of everybody, are missing"
        in notes["genotypes of these variants"]
    )


def test_pgen_and_bed_with_odd_contigs_and_a_packed_pvar(tmp_path: Path) -> None:
    counts = hardy_counts(0.3, 1)
    rows = [("2", "100", "A", "G", _calls(counts)), ("chrUn_KI270742v1", "5", "A", "G", _calls(counts))]
    path = _vcf(tmp_path / "x.vcf", rows)
    for kind in (["--make-pgen", "vzs"], ["--make-bed"]):
        command = ["plink2", "--vcf", path, "--allow-extra-chr", *kind, "--out", tmp_path / "x", "--silent"]
        subprocess.run(list(map(str, command)), check=True)
    assert variants_file(str(tmp_path / "x.pgen")) == str(tmp_path / "x.pvar.zst")
    for ending in ("pgen", "bed"):
        _, found, _ = _assess(tmp_path / f"x.{ending}", ["2:100:A:G"])
        np.testing.assert_array_equal(found.values[:, 0], counts)


@pytest.mark.parametrize("written", ["{0}_{0}", "0_{0}"])
def test_joined_ids_are_read_as_the_persons_own(tmp_path: Path, written: str, caplog: pytest.LogCaptureFixture) -> None:
    joined = [written.format(person) for person in IDS]
    path = _vcf(tmp_path / "x.vcf", [("2", "100", "A", "G", _calls(hardy_counts(0.3, 1)))], joined)
    for kind in (["--make-pgen"], ["--make-bed"], ["--export", "bgen-1.2", "bits=8", "ref-first"]):
        command = ["plink2", "--vcf", path, *kind, "--out", tmp_path / "x", "--silent"]
        subprocess.run(list(map(str, command)), check=True)
    for name in ("x.vcf", "x.psam", "x.fam", "x.sample"):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            assert read_people(tmp_path / name)["participant_id"].tolist() == IDS
        assert f"{name}: all 200 ids are family and person's id joined, as in 7_7, and read as 7" in caplog.messages
    _assess(tmp_path / "x.bgen", ["2:100:A:G"])  # its own ids are joined as well
    (tmp_path / "one.fam").write_text("0 7_7 0 0 0 -9\n0 8 0 0 0 -9\n")
    assert read_people(tmp_path / "one.fam")["participant_id"].tolist() == ["7_7", "8"]


def _coded(folder: Path, letters: tuple[str, str]) -> Path:
    """A .pgen of dosages whose alleles are coded by these letters."""
    rng, lines = np.random.default_rng(4), []
    for pos, frequency in ((100, 0.3), (200, 0.8)):
        dosages = np.clip(hardy_counts(frequency, pos) + rng.choice([-0.05, 0.05], PEOPLE), 0, 2)
        values = [f"{value:.2f}" for value in dosages]
        lines.append("\t".join(["2", str(pos), f"rs{pos}", "A", "G", ".", ".", ".", "DS", *values]))
    (folder / "x.vcf").write_text(f"{HEADER}\t" + "\t".join(IDS) + "\n" + "\n".join(lines) + "\n")
    command = ["plink2", "--vcf", folder / "x.vcf", "dosage=DS", "--make-pgen", "--out", folder / "x", "--silent"]
    subprocess.run(list(map(str, command)), check=True)
    pvar = folder / "x.pvar"
    pvar.write_text(pvar.read_text().replace("\tA\tG", "\t" + "\t".join(letters)))
    return folder / "x.pgen"


@pytest.mark.parametrize("letters", [("A", "G"), ("1", "2"), ("2", "1")])
def test_counted_alleles_of_codes_and_dosages(tmp_path: Path, letters: tuple[str, str]) -> None:
    """The rarer allele is counted and named as in the file, by dosages and by hard calls."""
    path, named = _coded(tmp_path, letters), {}
    for values in ("dosages", "hard_calls"):
        table, counts, people = _assess(path, ["2:100", "2:200"], values=values)
        assert counts.are_dosages == (values == "dosages")
        study = _merged(table, counts, people, tmp_path)
        named[values] = study.variants["counted_allele"].tolist()
        means = study.counts.means()
        assert (means < 1).all() and means == pytest.approx([0.6, 0.4], abs=0.03)
    assert named["dosages"] == named["hard_calls"] == [letters[1], letters[0]]


@pytest.mark.skipif(not (CASES / "chr2_alleles_1_2.bim.gz").is_file(), reason="../shared/cases is not here")
@pytest.mark.skipif(not (REAL / "chr2.bed").is_file(), reason="../shared/real is not here")
def test_a_real_bed_with_coded_alleles(tmp_path: Path) -> None:
    for ending in ("bed", "fam"):
        shutil.copy(REAL / f"chr2.{ending}", tmp_path / f"chr2.{ending}")
    with gzip.open(CASES / "chr2_alleles_1_2.bim.gz") as packed:
        (tmp_path / "chr2.bim").write_bytes(packed.read())
    bim = pd.read_csv(tmp_path / "chr2.bim", sep="\t", header=None, dtype=str).head(300)
    named = []
    for values in ("dosages", "hard_calls"):
        table, counts, people = _assess(tmp_path / "chr2.bed", ("2:" + bim[3]).tolist(), values=values)
        study = _merged(table, counts, people, tmp_path)
        named.append(study.variants.loc[study.variants["passed"], "counted_allele"])
        assert (study.counts.means() <= 1).all()
    assert named[0].equals(named[1]) and set(named[0]) == {"1", "2"}


def _with_empty_people(folder: Path, empty: int, records: int = 12) -> Path:
    """The first `empty` people lack all of the records but one."""
    rows = []
    for number in range(records):
        calls = _calls(hardy_counts(0.3, number))
        rows.append(("2", str(100 + number), "A", "G", ["./."] * empty + calls[empty:] if number else calls))
    return _vcf(folder / "x.vcf", rows)


def test_people_without_genotypes_are_counted_and_in_no_statistics(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten people, 5 %: with them every variant would go as having 5 % missing."""
    names = [f"2:{100 + number}:A:G" for number in range(12)]
    table, counts, people = _assess(_with_empty_people(tmp_path, 10), names)
    assert table["passed"].all() and (table["missingness"] == 0).all()
    assert table["people_without"].eq(10).all() and table["reference_people"].eq(PEOPLE - 10).all()
    assert counts.missing[:10].sum() == 110 and not counts.missing[10:].any()
    assert any("10 of 200 participants lack more than half of the 12" in message for message in caplog.messages)
    steps = _merged(table, counts, people, tmp_path).steps()
    last = steps.iloc[-1]
    assert (last["step"], last["unit"], last["chrom"]) == (
        "without most genotypes of a chromosome",
        "participants",
        "2",
    )
    assert (last["removed"], last["left"]) == (0, 10)
    write_table(steps, tmp_path / "attrition.parquet", ATTRITION, {})


def test_many_people_without_genotypes_stop_the_study(tmp_path: Path) -> None:
    names = [f"2:{100 + number}:A:G" for number in range(12)]
    with pytest.raises(InputError, match=r"x\.vcf: 11 of 200 participants lack more than 50% of the 12 candidate"):
        _assess(_with_empty_people(tmp_path, 11), names)


def test_of_few_records_nobody_is_said_to_lack_them(tmp_path: Path) -> None:
    table, _, _ = _assess(_with_empty_people(tmp_path, 5, records=9), [f"2:{100 + number}:A:G" for number in range(9)])
    assert table["people_without"].eq(0).all() and table["reference_people"].eq(PEOPLE).all()


def test_odd_letters_and_quotes_in_ids_and_info_cost_no_record(tmp_path: Path) -> None:
    path = tmp_path / "x.pvar"
    text = (
        '##x\n#CHROM\tPOS\tID\tREF\tALT\tINFO\n2\t10\t"a\tA\tG\tN=M\xfcller\n2\t20\tb\tC\tT\tN="x\n2\t30\tc\tA\tG\t.\n'
    )
    path.write_bytes(text.encode("latin-1"))
    table = read_pvar(path)
    assert table[["pos", "ref", "alt"]].to_numpy().tolist() == [["10", "A", "G"], ["20", "C", "T"], ["30", "A", "G"]]
