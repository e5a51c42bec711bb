"""Formats beyond the usual BGEN: versions, indexes, several chromosomes in a file, INFO and dosages of VCF and PGEN."""

import shutil
import sqlite3
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgni.base.errors import InputError
from cgni.cohort.bgen_header import read_bgen_ids, read_header
from cgni.cohort.samples import read_people
from cgni.genetics import qc as quality
from cgni.genetics.bgen import copy_variants, locate_variants
from cgni.genetics.chromosome import assess_chromosome
from cgni.genetics.counts import AlleleCounts
from cgni.genetics.paths import chromosome_files, people_file, variants_file
from cgni.genetics.people import GenotypedPeople
from cgni.genetics.plink import Plink
from cgni.genetics.settings import GenotypeInputs, VariantQcSettings
from cgni.genetics.sources import GenotypeFiles, check_people
from tests.unit.genetics.genotype_files import PEOPLE, Variant, hardy_counts, write_files

pytestmark = pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")

QC = VariantQcSettings(strand_ambiguous="remove", hwe_people="reference", hwe_uncertain=0.2)
IDS = [str(5000000 + number) for number in range(PEOPLE)]
POSITIONS = [100, 200, 300]
_CALLS = {0: "0/0", 1: "0/1", 2: "1/1", -1: "./."}


def _variants() -> list[Variant]:
    return [Variant(pos, "A", "G", hardy_counts(0.3, pos, missing=3)) for pos in POSITIONS]


def _assess(
    path: Path,
    scratch: Path,
    names: list[str],
    chrom: str = "2",
    values: str = "hard_calls",
    ref_stated: bool = True,
) -> tuple[pd.DataFrame, AlleleCounts]:
    parts = [name.split(":") for name in names]
    candidates = pd.DataFrame(parts, columns=["chrom", "pos", "ref", "alt"]).assign(variant_id=names, rsid=None)
    candidates = candidates.assign(ref_stated=ref_stated)
    candidates = candidates.assign(pos=candidates["pos"].astype(int), gene_id="ENSG0", symbol="G")
    files = GenotypeFiles.of(chrom, str(path), people_file(str(path), None), variants_file(str(path)))
    ids = pd.Index(read_people(files.people)["participant_id"])
    people = GenotypedPeople(ids, reference=ids, imaged=ids, development=ids)
    scratch.mkdir(exist_ok=True)
    return assess_chromosome(Plink("plink2", scratch, 1, 640), files, candidates, people, QC, values)


def _expected(counts: AlleleCounts, variants: list[Variant]) -> np.ndarray:
    order = np.argsort(IDS)
    assert counts.ids.tolist() == sorted(IDS)
    return np.stack([variant.counts[order] for variant in variants], axis=1)


@pytest.mark.parametrize(
    ("arguments", "layout", "compression"),
    [("bgen-1.1", 1, 1), ("bgen-1.2 bits=8 ref-first", 2, 1), ("bgen-1.3 bits=16 ref-first", 2, 2)],
)
def test_versions_of_bgen(tmp_path: Path, arguments: str, layout: int, compression: int) -> None:
    variants = _variants()
    write_files(tmp_path, variants, IDS)
    out = tmp_path / "x"
    swap = [] if "ref-first" in arguments else ["ref-first"]
    command = ["plink2", "--bgen", tmp_path / "chr2.bgen", "ref-first", "--sample", tmp_path / "chr2.sample"]
    subprocess.run([*command, "--export", *arguments.split(), *swap, "--out", out, "--silent"], check=True)
    header = read_header(f"{out}.bgen")
    assert (header.layout, header.compression, header.people, header.variants) == (layout, compression, PEOPLE, 3)
    table, counts = _assess(tmp_path / "x.bgen", tmp_path / "s", [f"2:{pos}:A:G" for pos in (100, 300)])
    assert table["passed"].all()
    np.testing.assert_array_equal(counts.values, _expected(counts, [variants[0], variants[2]]))


def _with_ids(tmp_path: Path, own: list[str], listed: list[str]) -> GenotypeFiles:
    """A BGEN file that holds ids of its people, and a list of people beside it."""
    write_files(tmp_path, _variants(), IDS)
    (tmp_path / "own.sample").write_text("ID_1 ID_2 missing\n0 0 0\n" + "".join(f"{i} {i} 0\n" for i in own))
    command = ["plink2", "--bgen", tmp_path / "chr2.bgen", "ref-first", "--sample", tmp_path / "own.sample"]
    export = ["--export", "bgen-1.2", "bits=8", "ref-first", "--out", tmp_path / "own", "--silent"]
    subprocess.run([*command, *export], check=True)
    (tmp_path / "list.sample").write_text("ID_1 ID_2 missing\n0 0 0\n" + "".join(f"{i} {i} 0\n" for i in listed))
    return GenotypeFiles.of("2", str(tmp_path / "own.bgen"), str(tmp_path / "list.sample"))


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ([*IDS[1:], IDS[0]], "200 of 200 people are in another place"),
        ([IDS[1], IDS[0], *IDS[2:]], "2 of 200 people are in another place"),
        ([*IDS[:-1], "77"], "199 of its 200 people are in"),
    ],
)
def test_a_list_that_contradicts_the_ids_in_the_file_is_refused(
    tmp_path: Path, listed: list[str], message: str
) -> None:
    files = _with_ids(tmp_path, IDS, listed)
    with pytest.raises(InputError, match=message):
        check_people(files, pd.Index(read_people(files.people)["participant_id"]))


def test_families_before_the_ids_in_the_file_hide_no_other_order(tmp_path: Path) -> None:
    joined = [f"F{number // 2}_{own}" for number, own in enumerate(IDS)]
    files = _with_ids(tmp_path, joined, IDS)
    check_people(files, pd.Index(IDS))
    with pytest.raises(InputError, match="200 of 200 people are in another place"):
        check_people(files, pd.Index([*IDS[1:], IDS[0]]))


def test_ids_in_the_file_that_are_none_of_the_list_say_nothing_and_can_stand_for_one(tmp_path: Path) -> None:
    """UK Biobank's files hold row numbers; plink2 writes the ids themselves (its family id and id, joined)."""
    files = _with_ids(tmp_path, [f"row{number}" for number in range(PEOPLE)], IDS)
    check_people(files, pd.Index(read_people(files.people)["participant_id"]))
    files = _with_ids(tmp_path, IDS, IDS)
    assert read_bgen_ids(files.genotypes) == IDS
    (tmp_path / "own.sample").unlink()
    assert people_file(str(files.genotypes), None) == str(files.genotypes)
    assert read_people(files.genotypes)["participant_id"].tolist() == IDS


def test_uncompressed_layout_1(tmp_path: Path) -> None:
    """A file laid out by hand from the specification of version 1.1: 3 x uint16 probabilities of 1/32768."""
    blocks = b""
    counts = np.array([0, 1, 2, 1])
    for pos in (100, 200):
        values = (np.eye(3)[counts] * 32768).astype("<u2")
        blocks += struct.pack("<I", 4) + b"".join(struct.pack("<H", len(t)) + t for t in (b"id", b"rs", b"02"))
        blocks += struct.pack("<I", pos) + b"".join(struct.pack("<I", len(t)) + t for t in (b"A", b"G"))
        blocks += values.tobytes()
    path = tmp_path / "x.bgen"
    path.write_bytes(struct.pack("<IIII4sI", 20, 20, 2, 4, b"bgen", 1 << 2) + blocks)
    found = locate_variants(path, "2", {200})
    assert found[["pos", "ref", "alt"]].to_numpy().tolist() == [[200, "A", "G"]] and found["end"][0] == len(
        path.read_bytes()
    )
    copy_variants(path, found, tmp_path / "copy.bgen")
    assert read_header(tmp_path / "copy.bgen").variants == 1
    again = locate_variants(tmp_path / "copy.bgen", "2", None)
    assert again["pos"].tolist() == [200]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match=r"truncated: it ends within variant 2 of 2"):
        locate_variants(path, "2", {100})


def _write_index(bgen: Path, size: int | None = None) -> None:
    """An index as bgenix writes it (its wiki, "The bgenix index file format")."""
    blocks = locate_variants(bgen, "2", None)
    with sqlite3.connect(f"{bgen}.bgi") as database:
        database.execute(
            "CREATE TABLE Variant (chromosome TEXT NOT NULL, position INT NOT NULL, rsid TEXT NOT NULL, "
            "number_of_alleles INT NOT NULL, allele1 TEXT NOT NULL, allele2 TEXT NULL, "
            "file_start_position INT NOT NULL, size_in_bytes INT NOT NULL, "
            "PRIMARY KEY (chromosome, position, rsid, allele1, allele2, file_start_position)) WITHOUT ROWID"
        )
        rows = [("02", r.pos, f"rs{r.pos}", 2, r.ref, r.alt, r.start, r.end - r.start) for r in blocks.itertuples()]
        database.executemany("INSERT INTO Variant VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.execute(
            "CREATE TABLE Metadata (filename TEXT, file_size INT, last_write_time INT, first_1000_bytes BLOB)"
        )
        content = bgen.read_bytes()
        database.execute("INSERT INTO Metadata VALUES (?, ?, 0, ?)", (bgen.name, size or len(content), content[:1000]))
    database.close()


def test_index_gives_the_same_blocks(tmp_path: Path) -> None:
    bgen, _, _ = write_files(tmp_path, _variants(), IDS)
    walked = locate_variants(bgen, "2", {100, 300, 999})
    _write_index(bgen)
    pd.testing.assert_frame_equal(locate_variants(bgen, "2", {100, 300, 999}), walked)
    assert len(walked) == 2 and locate_variants(bgen, "7", {100}).empty
    content = bgen.read_bytes()
    bgen.write_bytes(content[:-40])
    with pytest.raises(InputError, match=rf"made for a BGEN file of {len(content)} bytes, but .* truncated"):
        locate_variants(bgen, "2", {100})
    bgen.write_bytes(content[:30] + b"x" + content[31:])
    with pytest.raises(InputError, match="and other contents"):
        locate_variants(bgen, "2", {100})
    Path(f"{bgen}.bgi").write_text("no database at all, but long enough to be looked at")
    with pytest.raises(InputError, match="not an index of bgenix"):
        locate_variants(bgen, "2", {100})


def test_three_alleles_in_a_bgen(tmp_path: Path) -> None:
    """A block of three alleles, laid out by hand, among two that plink2 wrote."""
    variants = _variants()
    bgen, _, _ = write_files(tmp_path, variants, IDS)
    probabilities = bytes(PEOPLE * 5)  # six genotypes: five stored, all zero: the last one is certain
    data = struct.pack("<IHBB", PEOPLE, 3, 2, 2) + b"\2" * PEOPLE + struct.pack("<BB", 0, 8) + probabilities
    packed = zlib.compress(data)
    block = b"".join(struct.pack("<H", len(t)) + t for t in (b"id", b"rs", b"02")) + struct.pack("<IH", 400, 3)
    block += b"".join(struct.pack("<I", len(t)) + t for t in (b"A", b"G", b"T"))
    block += struct.pack("<II", len(packed) + 4, len(data)) + packed
    content = bytearray(bgen.read_bytes() + block)
    struct.pack_into("<I", content, 8, 4)
    bgen.write_bytes(content)
    names = ["2:100:A:G", "2:400:A:G", "2:400:A:T"]
    table, counts = _assess(bgen, tmp_path / "s", names)
    assert table["reason"].fillna("").tolist() == ["", quality.MULTI_ALLELIC, quality.MULTI_ALLELIC]
    np.testing.assert_array_equal(counts.values, _expected(counts, variants[:1]))


def _write_vcf(path: Path, rows: list[tuple], formats: str, header: str = "") -> None:
    """rows: chrom, pos, ref, alt, info, values by person."""
    lines = ["##fileformat=VCFv4.2", "##contig=<ID=2>", "##contig=<ID=7>", *header.splitlines()]
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *IDS]))
    for chrom, pos, ref, alt, info, values in rows:
        lines.append("\t".join([chrom, str(pos), ".", ref, alt, ".", ".", info, formats, *values]))
    path.write_text("\n".join(lines) + "\n")


INFO = '##INFO=<ID=R2,Number=1,Type=Float,Description="r2">\n##FORMAT=<ID=GT,Number=1,Type=String,Description="g">'


def _calls(counts: np.ndarray) -> list[str]:
    return [_CALLS[int(count)] for count in counts]


@pytest.mark.parametrize("form", ["vcf", "pgen"])
def test_info_of_the_file_and_three_alleles(tmp_path: Path, form: str) -> None:
    counts = [hardy_counts(0.3, seed) for seed in range(4)]
    rows = [
        ("2", 100, "A", "G", "R2=0.9", _calls(counts[0])),
        ("2", 200, "A", "G", "X=1;R2=0.3;Y", _calls(counts[1])),  # at the threshold: goes
        ("2", 300, "A", "G,T", "R2=0.9", [call.replace("1/1", "1/2") for call in _calls(counts[2])]),
        ("2", 400, "C", "T", "R2=0.8", _calls(counts[3])),
        ("7", 100, "A", "G", "R2=0.9", _calls(counts[1])),  # another chromosome of the same file
    ]
    _write_vcf(tmp_path / "all.vcf", rows, "GT", INFO)
    path = tmp_path / "all.vcf"
    if form == "pgen":
        subprocess.run(["plink2", "--vcf", path, "--make-pgen", "--out", tmp_path / "all", "--silent"], check=True)
        path = tmp_path / "all.pgen"
    names = ["2:100:A:G", "2:200:A:G", "2:300:A:T", "2:400:C:T"]
    table, kept = _assess(path, tmp_path / "s", names)
    assert table["reason"].fillna("").tolist() == ["", quality.LOW_INFO, quality.MULTI_ALLELIC, ""]
    assert table["info_source"].unique().tolist() == [f"{form} INFO R2"]
    assert table["info"].round(3).tolist()[:2] == [0.9, 0.3]
    order = np.argsort(IDS)
    np.testing.assert_array_equal(kept.values, np.stack([counts[0], counts[3]], axis=1)[order])
    seventh, _ = _assess(path, tmp_path / "s", ["7:100:A:G"], chrom="7")
    assert seventh["alt_frequency"].tolist() == pytest.approx([counts[1].mean() / 2])


def test_info_must_be_there_for_all(tmp_path: Path) -> None:
    rows = [
        ("2", 100, "A", "G", "R2=0.9", _calls(hardy_counts(0.3, 1))),
        ("2", 200, "A", "G", ".", _calls(hardy_counts(0.3, 2))),
    ]
    _write_vcf(tmp_path / "x.vcf", rows, "GT", INFO)
    with pytest.raises(InputError, match=r"as R2 for 1 candidate variants, but 1 have none"):
        _assess(tmp_path / "x.vcf", tmp_path / "s", ["2:100:A:G", "2:200:A:G"])


@pytest.mark.parametrize("values", ["hard_calls", "dosages"])
def test_dosages_of_a_vcf(tmp_path: Path, values: str) -> None:
    rng = np.random.default_rng(3)
    dosages = np.clip(hardy_counts(0.3, 1) + rng.choice([-0.2, -0.05, 0, 0.05, 0.2], PEOPLE), 0, 2).round(2)
    header = '##FORMAT=<ID=DS,Number=1,Type=Float,Description="d">'
    common = np.clip(hardy_counts(0.7, 2) + rng.choice([-0.05, 0.05], PEOPLE), 0, 2).round(2)
    rows = [
        ("2", pos, "C", "T", ".", [f"{dosage:.2f}" for dosage in drawn])
        for pos, drawn in ((100, dosages), (200, common))
    ]
    _write_vcf(tmp_path / "x.vcf", rows, "DS", header)
    table, counts = _assess(tmp_path / "x.vcf", tmp_path / "s", ["2:200:C:T", "2:100:C:T"], values=values)
    assert table["info_source"].tolist() == ["mach_r2"] * 2 and counts.variants.tolist() == ["2:200:C:T", "2:100:C:T"]
    order = np.argsort(IDS)
    for column, drawn in enumerate((common, dosages)):
        if values == "dosages":
            # plink2 stores dosages in steps of 1/16384
            np.testing.assert_allclose(counts.values[:, column], drawn[order], atol=1e-4)
        else:
            certain = np.abs(drawn - drawn.round()) <= 0.1
            expected = np.where(certain, drawn.round(), -1)[order]
            np.testing.assert_array_equal(counts.values[:, column], expected)


def test_nothing_of_a_vcf(tmp_path: Path) -> None:
    _write_vcf(tmp_path / "x.vcf", [("2", 100, "A", "G", ".", _calls(hardy_counts(0.3, 1)))], "GT", INFO)
    table, counts = _assess(tmp_path / "x.vcf", tmp_path / "s", ["2:555:A:G"])
    assert table["reason"].tolist() == [quality.NOT_FOUND] and counts.values.shape == (PEOPLE, 0)


def test_what_is_no_genotype_file(tmp_path: Path) -> None:
    for name, message in (
        ("x.vcf", "no line #CHROM"),
        ("x.vcf.gz", "not a readable VCF"),
        ("x.bcf", "not a readable VCF"),
    ):
        (tmp_path / name).write_text("nothing of the kind\n")
        with pytest.raises(InputError, match=message):
            read_people(tmp_path / name)
    (tmp_path / "x.psam").write_text("IID\n1\n")
    with pytest.raises(InputError, match="header must start with #FID or #IID"):
        read_people(tmp_path / "x.psam")
    (tmp_path / "x.fam").write_text("1 1\n")
    with pytest.raises(InputError, match="1 lines without the six columns"):
        read_people(tmp_path / "x.fam")
    (tmp_path / "x.psam").write_text("#FID\tIID\tSEX\nF\t1\tNA\nF\t1\tNA\n")
    with pytest.raises(InputError, match="1 ids appear more than once"):
        read_people(tmp_path / "x.psam")
    with pytest.raises(InputError, match="not a genotype file by its ending"):
        people_file("genotypes.txt", None)


def test_truncated_bed_and_pgen(tmp_path: Path) -> None:
    write_files(tmp_path, _variants(), IDS)
    source = ["--bgen", tmp_path / "chr2.bgen", "ref-first", "--sample", tmp_path / "chr2.sample"]
    for form in ("bed", "pgen"):
        subprocess.run(["plink2", *source, f"--make-{form}", "--out", tmp_path / "x", "--silent"], check=True)
        path = tmp_path / f"x.{form}"
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(InputError, match=r"plink2 failed .*truncated"):
            _assess(path, tmp_path / "s", ["2:300:A:G"])


def test_companion_files() -> None:
    inputs = GenotypeInputs(files="g/c{chrom}.pgen", sample=None, mfi="m{chrom}.txt", chromosomes=(2, 7))
    expected = {"genotypes": "g/c2.pgen", "people": "g/c2.psam", "variants": "g/c2.pvar", "mfi": "m2.txt"}
    assert chromosome_files(inputs, 2) == expected and inputs.chromosome_names == ("2", "7")
    found = GenotypeFiles.of("2", *expected.values())
    assert (found.format, found.variants, found.mfi) == ("pgen", Path("g/c2.pvar"), Path("m2.txt"))
    single = chromosome_files(GenotypeInputs(files="all.vcf.gz", sample=None, mfi=None), 2)
    assert single == {"genotypes": "all.vcf.gz", "people": "all.vcf.gz", "variants": None, "mfi": None}
    named = chromosome_files(GenotypeInputs(files="all.bgen", sample="p{chrom}.sample", mfi=None), 7)
    assert named["people"] == "p7.sample"
    assert GenotypeFiles.of("7", *named.values()).variants is None


def test_companion_files_need_nothing_heavy() -> None:
    """The rules ask for them each time that the workflow is parsed."""
    heavy = "('numpy', 'pandas', 'pyarrow', 'scipy')"
    code = f"import sys; import cgni.genetics.paths; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
