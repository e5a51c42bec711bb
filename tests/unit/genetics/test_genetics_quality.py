"""Variant quality on small files in UK Biobank's formats: exactly the planted defects go, for the planted reason."""

import dataclasses
import logging
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.cohort.schemas import ATTRITION
from cgni.genetics import qc as quality
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.counts import AlleleCounts, from_blocks, from_table, joined, read_blocks
from cgni.genetics.merge import check_build, quality_attrition, snp_genes
from cgni.genetics.people import GenotypedPeople, reference_people
from cgni.genetics.plink import Plink, last_words, open_plink
from cgni.genetics.schemas import QC, SNP_GENES
from cgni.genetics.settings import VariantQcSettings
from cgni.genetics.sources import GenotypeFiles
from tests.unit.genetics.genotype_files import PEOPLE, Variant, hardy_counts, hardy_p, write_files

pytestmark = pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")

FILTERS = VariantQcSettings(strand_ambiguous="remove", hwe_people="reference", hwe_uncertain=0.2)
IDS = ["-1", "-2", *[str(5000000 + number) for number in range(PEOPLE)]]


def _good(pos: int, **changes: object) -> Variant:
    return Variant(**{"pos": pos, "ref": "A", "alt": "G", "counts": hardy_counts(0.3, pos), **changes})


def _planted() -> tuple[list[Variant], dict[str, str | None]]:
    """Variants of the file, and every candidate's planted reason of removal."""
    variants = [
        _good(100),
        _good(110, counts=hardy_counts(0.8, 1)),  # ALT is common
        _good(120, ref="AT", alt="C"),
        _good(200, info=0.2),
        _good(210, info=0.3),  # at the threshold: goes
        _good(300, counts=hardy_counts(0.3, 2, missing=20)),
        _good(310, counts=hardy_counts(0.3, 3, missing=10)),  # exactly 5 %: goes
        _good(320, counts=hardy_counts(0.3, 4, missing=9)),
        _good(400, counts=hardy_counts(0.005, 5)),
        _good(410, counts=hardy_counts(0.01, 6)),  # exactly 0.01: goes
        _good(420, counts=hardy_counts(0.0125, 7)),
        _good(500, counts=np.ones(PEOPLE, dtype=int)),
        _good(600),
        _good(600),
        _good(610),
        _good(610, alt="T"),
        _good(700, alt="C"),  # the SNP table says A/G
        _good(710, ref="G", alt="A"),  # exchanged
        _good(800, info=0.1, counts=hardy_counts(0.005, 8)),  # two failures: the first is the reason
        _good(900),  # no candidate
        _good(910, ref="A", alt="T"),
        _good(920, ref="G", alt="C", counts=hardy_counts(0.005, 9)),  # ambiguous and rare: the first is the reason
        _good(930, ref="AT", alt="TA"),  # an indel is not ambiguous
        _good(940, ref="T", alt="C"),  # the other strand of A/G
    ]
    reasons: dict[str, str | None] = dict.fromkeys(
        ["2:100:A:G", "2:110:A:G", "2:120:AT:C", "2:320:A:G", "2:420:A:G", "2:930:AT:TA"], None
    )
    reasons |= dict.fromkeys(["2:200:A:G", "2:210:A:G", "2:800:A:G"], quality.LOW_INFO)
    reasons |= dict.fromkeys(["2:300:A:G", "2:310:A:G"], quality.MISSING)
    reasons |= dict.fromkeys(["2:400:A:G", "2:410:A:G"], quality.RARE)
    reasons |= {"2:500:A:G": quality.HWE, "2:600:A:G": quality.DUPLICATE, "2:999:A:G": quality.NOT_FOUND}
    reasons |= dict.fromkeys(["2:610:A:G", "2:610:A:T"], quality.MULTI_ALLELIC)
    reasons |= dict.fromkeys(["2:700:A:G", "2:710:A:G", "2:940:A:G"], quality.MISMATCH)
    reasons |= dict.fromkeys(["2:910:A:T", "2:920:G:C"], quality.AMBIGUOUS)
    return variants, reasons


def _candidates(names: list[str]) -> pd.DataFrame:
    parts = [name.split(":") for name in names]
    table = pd.DataFrame([[*part, None, None][:4] for part in parts], columns=["chrom", "pos", "ref", "alt"])
    table = table.assign(variant_id=names, pos=table["pos"].astype(int), rsid=None, gene_id="ENSG01", symbol="MAPT")
    table["ref_stated"] = True
    return pd.concat([table, table.assign(gene_id="ENSG02")], ignore_index=True)


@pytest.fixture
def plink(tmp_path: Path) -> Plink:
    (tmp_path / "scratch").mkdir()
    return Plink("plink2", tmp_path / "scratch", 1, 640)


def _assess(
    plink: Plink,
    files: tuple,
    names: list[str],
    reference: list[str] = IDS[2:],
    filters: VariantQcSettings = FILTERS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    bgen, sample, mfi = files
    source = GenotypeFiles.of("2", bgen, sample, mfi=mfi)
    everybody = pd.Index(IDS[2:])
    people = GenotypedPeople(everybody, pd.Index(reference), everybody, everybody)
    table, counts = assess_chromosome(plink, source, _candidates(names), people, filters, "hard_calls")
    return table, counts.to_table().to_pandas()


def test_planted_defects_go_for_the_planted_reason(plink: Plink, tmp_path: Path) -> None:
    variants, reasons = _planted()
    files = write_files(tmp_path, variants, IDS)
    table, genotypes = _assess(plink, files, list(reasons))
    assert {row.candidate_id: row.reason if pd.notna(row.reason) else None for row in table.itertuples()} == reasons
    assert (table["passed"] == table["reason"].isna()).all()
    doubly = table.set_index("candidate_id").loc["2:800:A:G"]
    assert not doubly["pass_info"] and not doubly["pass_maf"] and doubly["pass_hwe"]
    assert table.loc[table["swapped"], "candidate_id"].tolist() == ["2:710:A:G"]
    assert table.loc[table["other_strand"], "candidate_id"].tolist() == ["2:940:A:G"]
    # statistics of the participants (negative ids left out) against plain counting
    by_pos = {variant.pos: variant.counts for variant in variants}
    for row in table[table["found"] & (table["reason"] != quality.MULTI_ALLELIC)].itertuples():
        called = by_pos[row.pos][by_pos[row.pos] >= 0]
        assert row.missingness == row.missing_calls == pytest.approx(1 - len(called) / PEOPLE)
        assert row.alt_frequency == pytest.approx(called.mean() / 2)
        assert row.maf == pytest.approx(min(called.mean() / 2, 1 - called.mean() / 2))
        assert row.hwe_p == pytest.approx(hardy_p(*[(called == count).sum() for count in range(3)]), rel=1e-5)
    # genotypes: everybody but the negative ids, sorted, counts of ALT with gaps
    assert genotypes["participant_id"].tolist() == sorted(IDS[2:])
    for name in genotypes.columns[1:]:
        expected = pd.Series(by_pos[int(name.split(":")[1])], index=IDS[2:]).sort_index()
        assert genotypes[name].fillna(-1).tolist() == expected.tolist()
    assert genotypes.shape == (PEOPLE, 1 + table["passed"].sum()) and table["passed"].sum() == 6
    write_table(table[QC.names], tmp_path / "qc.parquet", QC, {})
    kept, _ = _assess(plink, files, list(reasons), filters=dataclasses.replace(FILTERS, strand_ambiguous="keep"))
    kept = kept.set_index("candidate_id")["reason"]
    assert pd.isna(kept["2:910:A:T"]) and kept["2:920:G:C"] == quality.RARE


def test_other_chromosomes_do_not_count(plink: Plink, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = write_files(tmp_path, [_good(100), _good(200, info=0.2)], IDS)
    with caplog.at_level(logging.INFO):
        table, genotypes = _assess(plink, files, ["2:100:A:G", "2:200:A:G", "7:100:A:G"])
    assert table["candidate_id"].tolist() == ["2:100:A:G", "2:200:A:G"]
    assert list(genotypes.columns) == ["participant_id", "2:100:A:G"]
    assert caplog.messages == [
        f"1 of 2 candidates passed ({PEOPLE} reference people, Hardy-Weinberg tested on {PEOPLE})"
    ]


def test_boundaries_use_the_reference_people_alone(plink: Plink, tmp_path: Path) -> None:
    counts = np.zeros(PEOPLE, dtype=int)
    counts[:100] = hardy_counts(0.3, 1)[:100]
    files = write_files(tmp_path, [_good(100, counts=counts)], IDS)
    table, _ = _assess(plink, files, ["2:100:A:G"], reference=IDS[102:])
    assert table["reason"].tolist() == [quality.RARE] and table["maf"].tolist() == [0]


def test_candidates_without_alleles_match_by_position(plink: Plink, tmp_path: Path) -> None:
    variants = [_good(100), _good(610), _good(610, alt="T")]
    table, genotypes = _assess(plink, write_files(tmp_path, variants, IDS), ["2:100", "2:610", "2:700"])
    assert table["variant_id"].tolist() == ["2:100:A:G", "2:610:A:G", "2:700"]
    assert table["reason"].fillna("").tolist() == ["", quality.MULTI_ALLELIC, quality.NOT_FOUND]
    genes = snp_genes(_candidates(["2:100", "2:610", "2:700"]), table)
    assert genes.to_numpy().tolist() == [["2:100:A:G", "ENSG01", "MAPT"], ["2:100:A:G", "ENSG02", "MAPT"]]
    write_table(genes, tmp_path / "genes.parquet", SNP_GENES, {})
    assert list(genotypes.columns) == ["participant_id", "2:100:A:G"]


def test_records_with_several_alt_alleles_are_never_used() -> None:
    records = [(100, "A", "G,T", -1), (200, "A", "G", 0), (200, "A", "C,T", -1), (300, "A", "G", 1)]
    found = pd.DataFrame(records, columns=["pos", "ref", "alt", "row"]).assign(file_info=None, half_calls=0)
    names = ["2:100", "2:100:A:G", "2:200", "2:200:A:G", "2:300", "2:400"]
    candidates = _candidates(names).drop_duplicates("variant_id")
    table = quality.match_candidates(candidates, found, True, True)
    several = quality.MULTI_ALLELIC
    assert table["reason"].fillna("").tolist() == [several, several, several, several, "", quality.NOT_FOUND]
    assert table["row"].tolist() == [-1, -1, 0, 0, 1, -1] and table["found"].tolist() == [
        False,
        False,
        True,
        True,
        True,
        False,
    ]


def test_dosages_missingness_and_mach_r2(plink: Plink, tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    sharp = np.clip(hardy_counts(0.3, 1) + draw.choice([-0.05, 0.05], PEOPLE), 0, 2)
    vague = 0.6 + draw.uniform(-0.15, 0.15, PEOPLE)  # dosages of nobody-knows: hard calls missing, r2 low
    files = write_files(tmp_path, [_good(100, dosages=sharp), _good(110, dosages=vague)], IDS)
    table, genotypes = _assess(plink, (*files[:2], None), ["2:100:A:G", "2:110:A:G"])
    assert table["info_source"].unique().tolist() == ["mach_r2"]
    assert table["missingness"].tolist() == [0, 0]  # dosage-aware
    assert table["missing_calls"].tolist() == [0, 1]
    assert table["reason"].fillna("").tolist() == ["", quality.LOW_INFO]
    for row, dosages in zip(table.itertuples(), (sharp, vague), strict=True):
        p = dosages.mean() / 2  # MaCH r2: variance of the dosages over the binomial one; 8 bits round by 1/255
        assert row.info == pytest.approx(dosages.var(ddof=1) / (2 * p * (1 - p)), abs=0.01)
        assert row.alt_frequency == pytest.approx(p, abs=0.003)
    assert genotypes["2:100:A:G"].isna().sum() == 0


def test_hard_calls_without_mfi_have_no_imputation_filter(plink: Plink, tmp_path: Path) -> None:
    files = write_files(tmp_path, [_good(100)], IDS)
    table, _ = _assess(plink, (*files[:2], None), ["2:100:A:G"])
    assert table["info_source"].tolist() == ["not applicable"] and table["pass_info"].isna().all()
    assert table["passed"].all()


def test_chromosome_without_any_candidate_in_the_file(plink: Plink, tmp_path: Path) -> None:
    table, genotypes = _assess(plink, write_files(tmp_path, [_good(100)], IDS), ["2:555:A:G"])
    assert table["reason"].tolist() == [quality.NOT_FOUND]
    assert list(genotypes.columns) == ["participant_id"] and len(genotypes) == PEOPLE
    write_table(table[QC.names], tmp_path / "qc.parquet", QC, {})
    with pytest.raises(InputError, match=r"only 0\.0% of 1 candidate variants"):
        check_build(table, "GRCh37")


def test_wrong_builds_and_flipped_alleles_are_refused(plink: Plink, tmp_path: Path) -> None:
    names = [f"2:{pos}:A:G" for pos in range(100, 200, 10)]
    flipped = [_good(pos, ref="G", alt="A") for pos in range(100, 180, 10)] + [_good(180), _good(190)]
    table, _ = _assess(plink, write_files(tmp_path, flipped, IDS), names)
    with pytest.raises(InputError, match=r"only 20\.0% of 10 .*80\.0% have REF and ALT exchanged.*GRCh37"):
        check_build(table, "GRCh37")


def test_files_that_do_not_belong_together(plink: Plink, tmp_path: Path) -> None:
    bgen, sample, mfi = write_files(tmp_path, [_good(100), _good(110)], IDS)
    other = tmp_path / "other.mfi"
    other.write_text(mfi.read_text().replace("\t110\t", "\t111\t"))
    with pytest.raises(InputError, match=r"1 of 2 candidate variants of the genotype file are not in it"):
        _assess(plink, (bgen, sample, other), ["2:100:A:G", "2:110:A:G"])
    other.write_text("a b c\n")
    with pytest.raises(InputError, match=r"cells, expected 8|not of type"):
        _assess(plink, (bgen, sample, other), ["2:100:A:G"])
    fewer = tmp_path / "fewer.sample"
    fewer.write_text("\n".join(sample.read_text().splitlines()[:-3]) + "\n")
    with pytest.raises(InputError, match=r"199 people, but .* holds 202"):
        _assess(plink, (bgen, fewer, mfi), ["2:100:A:G"])
    with pytest.raises(InputError, match=r"no such file with the people"):
        _assess(plink, (bgen, tmp_path / "none", mfi), ["2:100:A:G"])
    with pytest.raises(InputError, match="no such BGEN file"):
        _assess(plink, (tmp_path / "none.bgen", sample, mfi), ["2:100:A:G"])
    with pytest.raises(InputError, match="not a BGEN file"):
        _assess(plink, (shutil.copy(sample, tmp_path / "text.bgen"), sample, mfi), ["2:100:A:G"])
    truncated = tmp_path / "truncated.bgen"
    truncated.write_bytes(bgen.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"truncated: it ends within variant 2 of 2"):
        _assess(plink, (truncated, sample, mfi), ["2:100:A:G"])


def test_attrition_by_chromosome_names_the_step_that_leaves_nothing(tmp_path: Path) -> None:
    reasons = [quality.NOT_FOUND, None, quality.RARE, None, quality.HWE]
    table = pd.DataFrame(
        {
            "chrom": ["2", "2", "2", "7", "7"],
            "reason": reasons,
            "info": 0.9,
            "info_source": "mfi",
            "reference_people": 9,
            "hwe_people": 4,
            "found": True,
            "pass_hwe": pd.array([True, None, True, True, True], "boolean"),
            "swapped": False,
            "other_strand": False,
            "ref": "A",
            "alt": ["T", "T", "G", "G", "G"],
            "passed": [reason is None for reason in reasons],
        }
    )
    frame = quality_attrition(table, ["2", "7"]).frame()
    assert len(frame) == 2 * (1 + len(quality.REASONS))
    for chrom, start, left in (("2", 3, 1), ("7", 2, 1)):
        rows = frame[frame["chrom"] == chrom]
        assert rows["left"].iloc[0] == start and rows["left"].iloc[-1] == left and rows["removed"].sum() == start - left
    notes = frame.drop_duplicates("step").set_index("step")["note"]
    assert notes[quality.AMBIGUOUS] == "kept (genetics.qc.strand_ambiguous): 1 pass"
    assert notes[quality.RARE] == "9 reference people"
    assert notes[quality.HWE] == (
        "the 4 of 9 reference people who have an image; not judged for 1 variants of too uncertain hard calls"
    )
    write_table(frame, tmp_path / "attrition.parquet", ATTRITION, {})
    table["reason"] = [quality.NOT_FOUND, quality.RARE, quality.RARE, quality.RARE, quality.RARE]
    with pytest.raises(InputError, match=r"after the step `rare` \(4 before it\)"):
        quality_attrition(table, ["2", "7"])


def _counts(ids: list[str], names: list[str], values: list[list[float]], kind: type) -> AlleleCounts:
    return AlleleCounts(pd.Index(ids, dtype=str), pd.Index(names, dtype=str), np.array(values, dtype=kind))


def test_chromosomes_are_joined_by_person(tmp_path: Path) -> None:
    one, two = (
        _counts(["1", "2"], ["2:1:A:G"], [[0], [-1]], np.int8),
        _counts(["1", "2"], ["7:1:A:G"], [[1], [2]], np.int8),
    )
    table = joined([one, two]).to_table().to_pandas()
    assert table.columns.tolist() == ["participant_id", "2:1:A:G", "7:1:A:G"]
    assert table["2:1:A:G"].fillna(-9).tolist() == [0, -9]
    paths = [tmp_path / "2.parquet", tmp_path / "7.parquet"]
    for counts, path in zip((one, two), paths, strict=True):
        pq.write_table(counts.to_blocks(), path)
    assert read_blocks(paths, one.ids).to_table().equals(joined([one, two]).to_table())
    with pytest.raises(InputError, match="2 people are not in all chromosomes"):
        joined([one, _counts(["1", "3"], ["7:1:A:G"], [[1], [2]], np.int8)])


@pytest.mark.parametrize(("kind", "gap"), [(np.int8, -1), (np.float32, np.nan)])
def test_counts_survive_their_table(tmp_path: Path, kind: type, gap: float) -> None:
    counts = _counts(["b", "a", "c"], ["x", "y"], [[0, gap], [1, 2], [gap, 1]], kind)
    table = counts.sorted_by_id().to_table()
    write_table(table, tmp_path / "g.parquet", table.schema, {})
    again = from_table(pq.read_table(tmp_path / "g.parquet"))
    assert again.ids.tolist() == ["a", "b", "c"] and again.values.dtype == kind
    np.testing.assert_array_equal(again.values, np.array([[1, 2], [0, gap], [gap, 1]], dtype=kind))
    blocks = counts.to_blocks()
    write_table(blocks, tmp_path / "b.parquet", blocks.schema, {})
    same = from_blocks(pq.read_table(tmp_path / "b.parquet"), counts.ids)
    np.testing.assert_array_equal(same.values, counts.values)
    with pytest.raises(InputError, match="3 people in a chromosome's table, but 2 participants"):
        from_blocks(blocks, counts.ids[:2])
    np.testing.assert_array_equal(again.means(), [0.5, 1.5])
    np.testing.assert_array_equal(again.turned(np.array([False, True])).filled(), [[1, 0], [0, 0.5], [0.5, 1]])


def test_reference_people() -> None:
    people = pd.DataFrame(
        {
            "participant_id": list("abcde"),
            "has_genotypes": [True, True, True, True, False],
            "unrelated": [True, True, False, True, True],
            "largest_ancestry": [True, False, True, True, True],
            "has_image": [False, True, True, True, True],
        }
    )
    splits = pd.DataFrame({"participant_id": list("abcde"), "role": ["development"] * 3 + ["holdout", "development"]})
    assert reference_people(people, splits, "development").tolist() == ["a"]
    assert reference_people(people, splits, "everybody").tolist() == list("abcd")
    shuffled = GenotypedPeople.of(people.iloc[::-1], splits, "development")
    assert shuffled.everybody.tolist() == list("abcd") and shuffled.reference.tolist() == ["a"]
    assert shuffled.development.tolist() == list("abce")
    assert shuffled.imaged.empty and shuffled.of_hardy_weinberg("reference").tolist() == ["a"]
    everybody = GenotypedPeople.of(people, splits, "everybody")
    assert everybody.of_hardy_weinberg("imaged").tolist() == list("bcd")
    with pytest.raises(InputError, match=r"hwe_people: imaged, but none of the reference people"):
        shuffled.of_hardy_weinberg("imaged")
    with pytest.raises(InputError, match=r"people\.reference"):
        reference_people(people.assign(unrelated=False), splits, "development")


def test_last_words_of_plink2_name_nobody() -> None:
    log = "PLINK\nOptions\nError: Duplicate sample ID '5000001'\nin the file.\nEnd time: today\n"
    assert last_words(log) == "Error: Duplicate sample ID '...' in the file."


def test_left_over_scratch_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".plink-qc-killed").mkdir()
    with open_plink(tmp_path / "qc.parquet", "qc", threads=3, memory_mb=4000) as plink:
        assert [path.name for path in tmp_path.iterdir()] == [plink.scratch.name]
        assert (plink.threads, plink.memory_mb) == (3, 3500)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("shift", [0, 1])
def test_an_mfi_file_shifted_by_a_line_is_known_by_its_frequencies(shift: int) -> None:
    """Frequencies of twelve variants from .05 to .49, of these or of their neighbours in another order."""
    maf = np.random.default_rng(3).permutation(np.linspace(0.05, 0.49, 12))
    key = pd.DataFrame({"pos": np.arange(12), "ref": "A", "alt": "G"})
    table, mfi = key.assign(maf=maf, found=True), key.assign(maf=np.roll(maf, shift))
    if not shift:
        quality.check_frequencies(table, mfi, "chr2.mfi")
        quality.check_frequencies(table, key.assign(maf=np.roll(maf, 1))[:9], "chr2.mfi")  # too few to say
        return
    with pytest.raises(InputError, match=r"chr2\.mfi: its minor allele frequencies differ .* of 12 variants"):
        quality.check_frequencies(table, mfi, "chr2.mfi")
