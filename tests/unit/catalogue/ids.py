"""Lists of ids: withdrawals, kinship, people of genotype files."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.cohort.bgen_header import HAS_IDS
from cgni.cohort.families import read_related_pairs
from cgni.cohort.id_lists import KnownIds, read_withdrawals
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.plausible import check_sexes
from cgni.cohort.samples import common_people, read_people
from tests.unit.catalogue.case import Case, clear, counted, encodings, handled, not_text, written
from tests.unit.cohort.test_id_lists import DIALECTS, KNOWN

_LEFT = ["1000001", "1000020"]
_PAIRS = KnownIds(["1000001", "1000020", "1000030"])
_KING = "ID1 ID2 HetHet IBS0 Kinship\n1000001 1000020 0.1 0.01 0.25\n1000020 1000030 0.1 0.01 0.01\n"


def _withdrawn(path: Path) -> list[str]:
    return list(read_withdrawals(path, KNOWN).ids)


def _found(path: Path) -> tuple[int, int]:
    matched = read_withdrawals(path, KNOWN)
    return matched.found, matched.listed


def _related(path: Path) -> list[list[str]]:
    return read_related_pairs(path, 0.0442, _PAIRS).to_numpy().tolist()


def _people(path: Path) -> list[str]:
    return read_people(path)["participant_id"].tolist()


def _sexes(path: Path) -> list[float]:
    return read_people(path)["sex"].tolist()


def _sample(*ids: str) -> str:
    return "ID_1 ID_2 missing sex\n0 0 0 D\n" + "".join(f"{person} {person} 0 1\n" for person in ids)


def _two_orders(folder: Path) -> None:
    (folder / "1.sample").write_text(_sample("1", "2", "3"))
    (folder / "2.sample").write_text(_sample("2", "1", "3"))
    common_people([str(folder / "1.sample"), str(folder / "2.sample")])


def _two_lists(folder: Path) -> None:
    (folder / "1.sample").write_text(_sample("1", "2", "3"))
    (folder / "2.sample").write_text(_sample("1", "2", "4"))
    common_people([str(folder / "1.sample"), str(folder / "2.sample")])


def _sexes_of_others(folder: Path) -> None:
    ids, sexes = [str(number) for number in range(40)], np.array([0.0, 1.0] * 20)
    table = pd.DataFrame({(31, 0, 0): sexes}, index=pd.Index(ids))
    table.columns = pd.MultiIndex.from_tuples(list(table), names=["field", "instance", "array"])
    check_sexes(pd.DataFrame({"participant_id": ids, "sex": np.roll(sexes, 1)}), Phenotypes(table))


def _damaged() -> bytes:
    """A compressed VCF of which the bytes in the middle are others."""
    content = gzip.compress(b"##x\n" * 9 + b"#CHROM\n", mtime=0)
    return content[:12] + b"\xff" * 6 + content[18:]


# a header whose first variant begins before the ids do
_BACKWARDS = struct.pack("<5I", 0, 20, 2, 3, int.from_bytes(b"bgen", "little")) + struct.pack("<I", HAS_IDS | 9)
_ROWS = {
    "plink2": "#FID1\tIID1\tFID2\tIID2\tNSNP\tHETHET\tIBS0\tKINSHIP\n0\t1000001\t0\t1000020\t9\t0.1\t0.0\t0.25\n",
    "plink2 without families": "#IID1\tIID2\tNSNP\tHETHET\tIBS0\tKINSHIP\n1000001\t1000020\t9\t0.1\t0.0\t0.25\n",
    "KING": "FID1\tID1\tFID2\tID2\tN_SNP\tHetHet\tIBS0\tKinship\n0\t1000001\t0\t1000020\t9\t0.1\t0.0\t0.25\n",
    "commas": _KING.replace(" ", ","),
    "quotes": _KING.replace(" ", ",").replace("1000001", '"1000001"'),
    "floats": _KING.replace("1000001", "1000001.0"),
    "leading zeros": _KING.replace("1000001", "0001000001"),
}
_BROKEN_KING = {
    "ids of another application": (_KING.replace("1000", "7000"), "none of its 3 people is in the main table"),
    "no column of kinship": ("ID1 ID2\n1000001 1000020\n", "no column Kinship"),
    "words for kinship": (_KING.replace("0.25", "sibling"), "1 lines without a number in the column Kinship"),
    "a line cut short": (_KING + "1000001 1000030\n", "line 4 has 2 cells, the header 5"),
    "a column twice": (_KING.replace("HetHet", "ID1"), "the columns ID1 appear twice"),
    "plink2's and KING's names together": (_KING.replace("HetHet", "IID1"), "the columns ID1 appear twice"),
    "shares in per cent": (_KING.replace("0.25", "25"), "1 coefficients of kinship are above 0.5"),
    "an infinite coefficient": (_KING.replace("0.25", "inf"), "1 coefficients of kinship are above 0.5"),
    "a missing id": (_KING.replace(" ", ",").replace("1000020,1000030", ",1000030"), "1 lines without ID1 or ID2"),
    "an empty file": ("", "empty; expected a table"),
    "ids that lost digits": (_KING.replace("1000020", "1.00002E+06"), "1 ids in scientific notation have lost digits"),
}
_BROKEN_SAMPLES = {
    "without its header": ("1 1 0\n2 2 0\n", r"not a \.sample file"),
    "without its second line": ("ID_1 ID_2 missing\n1 1 0\n", r"not a \.sample file"),
    "a line cut short": (_sample("1", "2") + "3 3\n", "line 5 has 2 cells, the header 4"),
    "masked ids": (_sample("-1", "-2", "-3"), "all its ids are negative: they are masked"),
    "somebody twice": (_sample("1", "1"), "1 ids appear more than once"),
    "nobody": (_sample(), "holds nobody"),
    "an empty file": ("", r"not a \.sample file"),
}

CASES: list[Case] = [
    *(handled(f"withdrawals: {name}", written(content, _withdrawn), _LEFT) for name, content in DIALECTS.items()),
    handled("withdrawals: an empty file", written("", _withdrawn), []),
    handled("withdrawals: 1e+06, as R writes it", written("1e+06\n", _withdrawn), ["1000000"]),
    counted("withdrawals: some of nobody", written("1000001\n5\n6\n", _found), (1, 3)),
    handled("withdrawals: a title alone", written("eid,date\n", _withdrawn), []),
    handled("withdrawals: an unknown title", written("Encoded ID\n1000001\n1000020\n", _found), (2, 2)),
    clear("withdrawals: a page of a web site", written("<!DOCTYPE html><html>\n", _withdrawn), "none of its 2 ids"),
    clear("withdrawals: another application's", written("5000001\n5000002\n", _withdrawn), "none of its 2 ids"),
    clear("withdrawals: lost digits", written("1.00002E+06\n", _withdrawn), "1 ids in scientific notation"),
    clear("withdrawals: several a line", written("1000001 77\n1000020 77\n", _withdrawn), "ids of several people"),
    *not_text(_withdrawn, "withdrawals"),
    handled("kinship: UK Biobank's", written(_KING, _related), [_LEFT]),
    *(handled(f"kinship: {name}", written(text, _related), [_LEFT]) for name, text in _ROWS.items()),
    *(handled(f"kinship: {name}", written(text, _related), [_LEFT]) for name, text in encodings(_KING).items()),
    *(clear(f"kinship: {name}", written(text, _related), message) for name, (text, message) in _BROKEN_KING.items()),
    *not_text(_related, "kinship"),
    handled("people: .sample", written(_sample("1", "-1", "2"), _people, "x.sample"), ["1", "-1", "2"]),
    handled("people: .sample with floats", written(_sample("1000001.0", "1000020.0"), _people, "x.sample"), _LEFT),
    handled(
        "people: sexes in letters", written(_sample("1", "2").replace("0 1\n", "0 M\n", 1), _sexes, "x.sample"), [1, 1]
    ),
    handled("people: .psam, sexes in letters", written("#IID\tSEX\n1\tF\n2\tmale\n", _sexes, "x.psam"), [0, 1]),
    handled("people: .psam", written("#FID\tIID\tSEX\n0\t1\t1\n0\t2\tNA\n", _people, "x.psam"), ["1", "2"]),
    handled("people: .psam with comments", written("##x\n#IID\n1\n2\n", _people, "x.psam"), ["1", "2"]),
    handled("people: .fam", written("0 1 0 0 1 -9\n0 2 0 0 2 -9\n", _people, "x.fam"), ["1", "2"]),
    handled(
        "people: .vcf with joined ids",
        written("##x\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t1_1\t2_2\n", _people, "x.vcf"),
        ["1", "2"],
    ),
    *(
        clear(f"people: .sample, {name}", written(text, _people, "x.sample"), message)
        for name, (text, message) in _BROKEN_SAMPLES.items()
    ),
    clear("people: .psam without #", written("IID\n1\n", _people, "x.psam"), r"must start with #FID or #IID"),
    clear("people: .fam of two columns", written("1 1\n", _people, "x.fam"), "1 lines without the six columns"),
    clear("people: .vcf without a header", written("1\t2\n", _people, "x.vcf"), "no line #CHROM"),
    clear("people: .vcf.gz with damaged bytes", written(_damaged(), _people, "x.vcf.gz"), "not a readable VCF"),
    clear("people: .bgen whose places run backwards", written(_BACKWARDS, _people, "x.bgen"), "ids is damaged"),
    clear("people: .bgen that is none", written("nothing", _people, "x.bgen"), "not a BGEN file"),
    clear("people: no such file", lambda folder: _people(folder / "x.sample"), "no such file"),
    clear("people: chromosomes in two orders", _two_orders, "in another order"),
    clear("people: chromosomes with other people", _two_lists, "1 people are not in .* and 1 of its people"),
    clear("people: sexes of others", _sexes_of_others, "40 of 40 people have another sex"),
]
