"""The cohort stage: main tables, visits, exclusions, families. Expected values are worked out by hand."""

import dataclasses
import logging
from pathlib import Path

import networkx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgni.base.errors import InputError
from cgni.base.tables import write_table
from cgni.cohort.attrition import Attrition
from cgni.cohort.families import assign_families, one_per_family, read_related_pairs
from cgni.cohort.id_lists import KnownIds, Matched
from cgni.cohort.participants import Imaged, build_participants, read_main_table
from cgni.cohort.phenotypes import Phenotypes
from cgni.cohort.samples import common_people
from cgni.cohort.schemas import ATTRITION, participants_schema
from cgni.cohort.settings import CohortSettings, OutcomeSettings
from cgni.imaging.paths import list_images, stated_visits

NO_PAIRS = pd.DataFrame({"ID1": [], "ID2": []})
NOBODY = Matched(pd.Index([], dtype="str"), 0, 0)
COHORT = CohortSettings(image_instances=(2, 3), n_pcs=1, pcs="field")
OUTCOME = OutcomeSettings(field=4282, low=(2, 5), high=(9, 12), visit="first")
EXCLUSIONS = (
    "negative id",
    "withdrawn",
    "sex chromosome aneuploidy",
    "outlier in heterozygosity or missingness",
    "reported sex differs from genetic sex",
    "more than 5 % of genotypes missing",
)
# One person a row; keys are (field, instance, array).
Row = dict[tuple[int, int, int], object]
MAN_OF_44: Row = {(31, 0, 0): 1, (21003, 0, 0): 44, (54, 0, 0): 11003}
ROWS: dict[str, Row] = {
    # image at visit 2, score at visits 0 (abandoned) and 2
    "11": {
        **{(31, 0, 0): 0, (22001, 0, 0): 0, (22006, 0, 0): 1},
        **{(21003, 0, 0): 50, (54, 0, 0): 11010, (4282, 0, 0): -1},
        **{(21003, 2, 0): 58, (54, 2, 0): 11025, (4282, 2, 0): 4, (25000, 2, 0): 1.3},
    },
    # both imaging visits attended, the head size (so the scan) only at visit 3
    "12": {
        **{(31, 0, 0): 1, (22001, 0, 0): 1},
        **{(21003, 0, 0): 60, (4282, 0, 0): 9},
        **{(21003, 2, 0): 66, (54, 2, 0): 11025, (4282, 2, 0): 12},
        **{(21003, 3, 0): 69, (54, 3, 0): 11027, (25000, 3, 0): 1.1},
    },
    # no image: baseline values; score between the groups
    "13": {**MAN_OF_44, (21003, 2, 0): 52, (4282, 0, 0): 7},
    "14": {**MAN_OF_44, (22001, 0, 0): 0},  # sex mismatch
    "15": {**MAN_OF_44, (22019, 0, 0): 1},  # aneuploidy
    "16": {**MAN_OF_44, (22027, 0, 0): 1},  # outlier
    "17": MAN_OF_44,  # withdrawn
    "18": MAN_OF_44,  # 6 % of genotypes missing
    "-1": {},
}
COLUMNS = sorted({key for row in ROWS.values() for key in row} | {(22009, 0, 1)})


def _name(key: tuple[int, int, int], layout: str) -> str:
    field, instance, array = key
    if layout == "csv":
        return f"{field}-{instance}.{array}"
    if layout == "tab":
        return f"f.{field}.{instance}.{array}"
    visit = "" if field in (31, 22001, 22006, 22009, 22019, 22027) else f"_i{instance}"
    return f"participant.p{field}{visit}" + (f"_a{array}" if field == 22009 else "")


def _write_main(path: Path, layout: str, without: tuple[int, ...] = (), rows: dict | None = None) -> Path:
    rows, columns = rows or ROWS, [key for key in COLUMNS if key[0] not in without]
    separator, quote = ("\t", "") if layout == "tab" else (",", '"' if layout == "csv" else "")
    empty = "NA" if layout == "tab" else quote * 2
    first = {"csv": "eid", "tab": "f.eid", "rap": "participant.eid"}[layout]
    lines = [[quote + name + quote for name in [first, *[_name(key, layout) for key in columns]]]]
    for person, row in rows.items():
        values = {(22009, 0, 1): 0.5, **row}
        lines.append([f"{quote}{person}{quote}"])
        lines[-1] += [f"{quote}{values[key]}{quote}" if key in values else empty for key in columns]
    path.write_text("\n".join(separator.join(line) for line in lines) + "\n")
    return path


def _read(path: Path) -> Phenotypes:
    return read_main_table(path, COHORT, OUTCOME)


def _samples() -> pd.DataFrame:
    missing = [0.0, 0.0, 0.0, 0.06, 0.0]
    return pd.DataFrame({"participant_id": ["11", "12", "13", "18", "99"], "missing": missing, "sex": np.nan})


def _build(
    phenotypes: Phenotypes, outcome: OutcomeSettings = OUTCOME, **changes: object
) -> tuple[pd.DataFrame, pd.DataFrame]:
    pairs = pd.DataFrame({"ID1": ["13"], "ID2": ["12"]})
    settings = dataclasses.replace(COHORT, **changes)
    imaged, withdrawn = Imaged(pd.Index(["11", "12", "77"])), Matched(pd.Index(["17"]), 3, 1)
    people, attrition = build_participants(phenotypes, _samples(), imaged, withdrawn, pairs, settings, outcome)
    return people.set_index("participant_id"), attrition.frame().set_index("step")


@pytest.mark.parametrize("layout", ["csv", "tab", "rap"])
def test_three_layouts_give_the_same_participants(tmp_path: Path, layout: str) -> None:
    people, attrition = _build(_read(_write_main(tmp_path / "main", layout)))
    assert list(people.index) == ["11", "12", "13"]
    assert people["age"].tolist() == [58, 69, 44]  # visit of the image, else baseline
    assert people["site"].tolist() == ["11025", "11027", "11003"]
    assert people["head_size"].tolist()[:2] == [1.3, 1.1] and np.isnan(people["head_size"].iloc[2])
    assert people["outcome"].tolist() == [4, 9, 7]  # the -1 of visit 0 is missing
    assert people["outcome_group"].tolist()[:2] == [0, 1] and people["outcome_group"].isna().iloc[2]
    assert people["has_image"].tolist() == [True, True, False]
    assert people["has_genotypes"].all()
    assert people["family"].tolist() == ["F00001", "F00002", "F00002"]
    assert people["largest_ancestry"].tolist() == [True, False, False]
    removed = attrition["removed"]
    for step in EXCLUSIONS:
        assert removed[step] == 1, step
    assert attrition["left"]["main table"] == 9 and attrition["left"]["more than 5 % of genotypes missing"] == 3
    assert attrition["left"]["with image and genotypes"] == 2
    assert attrition["note"]["withdrawn"] == "1 of 3 listed ids are in the main table"
    write_table(people.reset_index(), tmp_path / "people.parquet", participants_schema(1), {})
    write_table(attrition.reset_index(), tmp_path / "attrition.parquet", ATTRITION, {})


@pytest.mark.parametrize(("choice", "scores"), [("first", [4, 9]), ("best", [4, 12]), ("same_as_image", [4, None])])
def test_score_of_the_chosen_visit(tmp_path: Path, choice: str, scores: list) -> None:
    main = _read(_write_main(tmp_path / "main", "csv"))
    if choice == "same_as_image":  # person 12: image at visit 3, no score there; so no high group is left
        with pytest.raises(InputError, match="1 of the low and 0 of the high"):
            _build(main, dataclasses.replace(OUTCOME, visit=choice))
        return
    people, _ = _build(main, dataclasses.replace(OUTCOME, visit=choice))
    assert people["outcome"].tolist()[:2] == scores


def test_ids_of_another_application_are_refused(tmp_path: Path) -> None:
    strangers = pd.DataFrame({"participant_id": ["-1", "71", "72"], "missing": np.nan, "sex": np.nan})
    main = _read(_write_main(tmp_path / "main", "csv"))
    with pytest.raises(InputError, match=r"none of their 2 people .* is among the 9 of the main table"):
        build_participants(main, strangers, Imaged(pd.Index(["11", "12"])), NOBODY, NO_PAIRS, COHORT, OUTCOME)


def test_missingness_of_the_main_table_counts(tmp_path: Path) -> None:
    rows = {**ROWS, "19": {**MAN_OF_44, (22005, 0, 0): 0.051}}
    path = tmp_path / "main.tab"
    columns = sorted({key for row in rows.values() for key in row} | {(22009, 0, 1)})
    lines = ["\t".join(["f.eid", *[_name(key, "tab") for key in columns]])]
    for person, row in rows.items():
        values = {(22009, 0, 1): 0.5, **row}
        lines.append("\t".join([person, *[str(values.get(key, "NA")) for key in columns]]))
    path.write_text("\n".join(lines) + "\n")
    _, attrition = _build(_read(path))
    assert attrition["removed"]["more than 5 % of genotypes missing"] == 2


def test_absent_optional_fields_are_noted(tmp_path: Path) -> None:
    main = _read(_write_main(tmp_path / "main", "csv", without=(25000, 22019, 22027, 22001, 22006)))
    people, attrition = _build(main)
    for step in ("sex chromosome aneuploidy", "reported sex differs from genetic sex", "largest ancestry", "unrelated"):
        assert "not applied" in attrition["note"][step]
    assert people["largest_ancestry"].all()
    assert people.groupby("family")["unrelated"].sum().eq(1).all()
    assert people["age"]["12"] == 66  # without head sizes: the first imaging visit attended


def test_meanings_instead_of_codes(tmp_path: Path) -> None:
    rows = {person: dict(row) for person, row in ROWS.items()}
    for row in rows.values():
        for key in [key for key in row if key[0] in (31, 22001)]:
            row[key] = ["Female", "Male"][row[key]]
    rows["11"][(54, 2, 0)], rows["11"][(4282, 0, 0)] = "Cheadle (imaging)", "Abandoned"
    coded, _ = _build(_read(_write_main(tmp_path / "codes", "rap")))
    text, _ = _build(_read(_write_main(tmp_path / "text", "rap", rows=rows)))
    pd.testing.assert_frame_equal(coded, text)
    rows["11"][(31, 0, 0)] = "woman"
    with pytest.raises(InputError, match="1 values of field 31 are neither numbers nor known meanings"):
        _read(_write_main(tmp_path / "unknown", "rap", rows=rows))


def test_wrong_main_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="field 54"):
        _read(_write_main(tmp_path / "main", "csv", without=(54,)))
    with pytest.raises(InputError, match=r"22009 \(array 2\)"):
        read_main_table(_write_main(tmp_path / "main", "csv"), dataclasses.replace(COHORT, n_pcs=2), OUTCOME)
    doubled = tmp_path / "doubled"
    text = _write_main(doubled, "csv").read_text()
    doubled.write_text(text + text.splitlines()[1] + "\n")
    with pytest.raises(InputError, match="1 ids appear more than once") as caught:
        _read(doubled)
    assert "11" not in str(caught.value).replace(str(tmp_path), "")
    with pytest.raises(InputError, match=r"no such file; set inputs\.phenotypes"):
        _read(tmp_path / "absent")
    (tmp_path / "other").write_text("id,x\n1,2\n")
    with pytest.raises(InputError, match="expected one id column"):
        _read(tmp_path / "other")


def test_computed_components_need_no_field(tmp_path: Path) -> None:
    path = _write_main(tmp_path / "main", "csv", without=(22009,))
    with pytest.raises(InputError, match=r"no column of field 22009"):
        read_main_table(path, COHORT, OUTCOME)
    people, _ = _build(read_main_table(path, dataclasses.replace(COHORT, pcs="computed"), OUTCOME), pcs="computed")
    assert people["pc1"].isna().all()  # filled in after the split
    without = read_main_table(path, dataclasses.replace(COHORT, n_pcs=0), OUTCOME)
    assert not without.has(22009)


def test_attrition_is_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    attrition = Attrition("genetics", "variants")
    for chrom, left in (("2", 10), ("7", 5)):
        attrition.start("candidates", left, chrom=chrom)
    for chrom, left in (("2", 8), ("7", 4)):
        attrition.remove("rare", 1, left, chrom=chrom)
    attrition.count("common", 6)
    with caplog.at_level(logging.INFO):
        attrition.log()
    assert caplog.messages == [
        "candidates: 15 variants left, 0 removed",
        "rare: 12 variants left, 2 removed",
        "common: 6 variants",
    ]


def _sample_file(path: Path, ids: list[str]) -> str:
    path.write_text("ID_1 ID_2 missing sex\n0 0 0 D\n" + "".join(f"{i} {i} 0.01 2\n" for i in ids))
    return str(path)


def test_sample_files_must_name_the_same_people(tmp_path: Path) -> None:
    one, same = _sample_file(tmp_path / "1", ["5", "-1", "7"]), _sample_file(tmp_path / "2", ["5", "-1", "7"])
    assert common_people([one, same])["participant_id"].tolist() == ["-1", "5", "7"]
    turned = _sample_file(tmp_path / "turned.sample", ["7", "5", "-1"])
    with pytest.raises(InputError, match=r"turned\.sample: the people of .*1 in another order"):
        common_people([one, turned])
    with pytest.raises(InputError, match="all its ids are negative: they are masked"):
        common_people([_sample_file(tmp_path / "masked", ["-1", "-2", "-3"])])
    other = _sample_file(tmp_path / "3", ["5", "-1", "8", "9"])
    with pytest.raises(InputError, match=r"2 people are not in .* and 1 of its people"):
        common_people([one, other])
    with pytest.raises(InputError, match="1 ids appear more than once"):
        common_people([_sample_file(tmp_path / "4", ["5", "5"])])
    (tmp_path / "ragged.sample").write_text("ID_1 ID_2 missing\n0 0 0\n5 5 0 1 1\n")
    with pytest.raises(InputError, match="line 3 has 5 cells, the header 3"):
        common_people([str(tmp_path / "ragged.sample")])
    (tmp_path / "5").write_text("5 5 0\n")
    with pytest.raises(InputError, match=r"not a \.sample file"):
        common_people([str(tmp_path / "5")])
    with pytest.raises(InputError, match=r"no such file with the people"):
        common_people([str(tmp_path / "6")])


def test_relatedness_file(tmp_path: Path) -> None:
    path = tmp_path / "rel.dat"
    path.write_text("ID1 ID2 HetHet IBS0 Kinship\n1 2 0.1 0.01 0.25\n2 3 0.1 0.01 0.0442\n4 5 0.1 0.01 0.0441\n")
    known = KnownIds(["1", "2", "3", "4"])
    assert read_related_pairs(path, 0.0442, known).to_numpy().tolist() == [["1", "2"], ["2", "3"]]
    with pytest.raises(InputError, match=r"none of its 5 people is in the main table"):
        read_related_pairs(path, 0.0442, KnownIds(["6"]))
    path.write_text("ID1 ID2\n1 2\n")
    with pytest.raises(InputError, match="no column Kinship"):
        read_related_pairs(path, 0.0442, known)


@pytest.mark.parametrize(
    "header",
    ["FID1\tID1\tFID2\tID2\tN_SNP\tHetHet\tIBS0\tKinship", "#FID1\tIID1\tFID2\tIID2\tNSNP\tHETHET\tIBS0\tKINSHIP"],
)
def test_kinship_tables_of_king_and_plink2(tmp_path: Path, header: str) -> None:
    path = tmp_path / "king.kin0"
    path.write_text(f"{header}\n0\t0001\t0\t2.0\t4000\t0.1\t0.01\t0.25\n")
    assert read_related_pairs(path, 0.0442, KnownIds(["1", "2"])).to_numpy().tolist() == [["1", "2"]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=30))
def test_families_are_connected_components(links: list[tuple[int, int]]) -> None:
    ids = pd.Index([f"{number:02d}" for number in range(20)])  # 20-25 are strangers
    pairs = pd.DataFrame([(f"{a:02d}", f"{b:02d}") for a, b in links], columns=["ID1", "ID2"], dtype=str)
    families = assign_families(ids, pairs)
    graph = networkx.Graph([(f"{a:02d}", f"{b:02d}") for a, b in links if max(a, b) < 20])
    graph.add_nodes_from(ids)
    assert {frozenset(group.index) for _, group in families.groupby(families)} == set(
        map(frozenset, networkx.connected_components(graph))
    )
    kept = one_per_family(families, pd.Series(True, index=ids))
    assert families[kept].is_unique and set(families[kept]) == set(families)


def test_images_from_table_and_pattern(tmp_path: Path) -> None:
    (tmp_path / "images.csv").write_text("participant_id,path\n9,maps/9.nii.gz\n10,/abs/10.nii.gz\n")
    listed = list_images(str(tmp_path / "images.csv"), (2, 3))
    assert listed["participant_id"].tolist() == ["10", "9"]
    assert listed["path"].tolist() == ["/abs/10.nii.gz", str(tmp_path / "maps/9.nii.gz")]
    for person in ("5", "6"):
        (tmp_path / "maps" / person).mkdir(parents=True)
        (tmp_path / "maps" / person / "smwc1.nii.gz").touch()
    listed = list_images(str(tmp_path / "maps/{participant_id}/smwc1.nii.gz"), (2, 3))
    assert listed["participant_id"].tolist() == ["5", "6"] and all(Path(path).is_file() for path in listed["path"])
    (tmp_path / "images.csv").write_text("participant_id,path\n9,a\n9,b\n")
    with pytest.raises(InputError, match="1 people have more than one image"):
        list_images(str(tmp_path / "images.csv"), (2, 3))
    (tmp_path / "images.csv").write_text("eid,path\n9,a\n")
    with pytest.raises(InputError, match="no column participant_id"):
        list_images(str(tmp_path / "images.csv"), (2, 3))
    with pytest.raises(InputError, match="no file matches"):
        list_images(str(tmp_path / "none/{participant_id}.nii"), (2, 3))


def test_the_visit_that_the_list_of_images_states_is_the_images(tmp_path: Path) -> None:
    """Both have their scan's head size at visit 2 and an age at both visits, and 12 an image of the later one alone."""
    (tmp_path / "images.csv").write_text("participant_id,instance,path\n11,3,a\n11,2,b\n12,3,c\n13,1,d\n")
    listed = list_images(str(tmp_path / "images.csv"), COHORT.image_instances)
    assert listed[["participant_id", "instance"]].to_numpy().tolist() == [["11", 2], ["12", 3]]
    assert [Path(path).name for path in listed["path"]] == ["b", "c"]
    header = "eid\t31-0.0\t21003-2.0\t21003-3.0\t54-2.0\t54-3.0\t25000-2.0\t4282-0.0\t22009-0.1\n"
    rows = [f"{person}\t1\t60\t66\t11025\t11026\t1.3\t{score}\t0.1\n" for person, score in ((11, 3), (12, 10))]
    (tmp_path / "main.tab").write_text(header + "".join(rows))
    main, images = read_main_table(tmp_path / "main.tab", COHORT, OUTCOME), pd.Index(listed["participant_id"])
    samples = pd.DataFrame({"participant_id": ["11", "12"], "missing": 0.0, "sex": np.nan})
    none = pd.DataFrame({"ID1": [], "ID2": []})
    people, _ = build_participants(main, samples, Imaged(images, stated_visits(listed)), NOBODY, none, COHORT, OUTCOME)
    assert people["age"].tolist() == [60, 66] and people["site"].tolist() == ["11025", "11026"]


def test_confounds_of_the_user_come_from_the_visit_of_the_image(tmp_path: Path) -> None:
    ids = [str(number) for number in range(1, 5)]
    header = "eid\t31-0.0\t21003-2.0\t54-2.0\t25000-2.0\t4282-0.0\t22009-0.1\t53-0.0\t53-2.0\t22000-0.0\n"
    rows = [
        f"{person}\t1\t60\t11025\t1.3\t{score}\t0.1\t2008-01-01\t2016-07-02\t{batch}"
        for person, score, batch in zip(ids, (3, 10, 7, ""), (-11, 2, 2, ""), strict=True)
    ]
    (tmp_path / "main.tab").write_text(header + "\n".join(rows) + "\n")
    cohort = dataclasses.replace(COHORT, confounds=(53,), category_confounds=(22000,))
    samples = pd.DataFrame({"participant_id": ids, "missing": 0.0, "sex": np.nan})
    none = pd.DataFrame({"ID1": [], "ID2": []})
    main = read_main_table(tmp_path / "main.tab", cohort, OUTCOME)
    people, _ = build_participants(main, samples, Imaged(pd.Index(ids[:3])), NOBODY, none, cohort, OUTCOME)
    # 2 July 2016 is day 184 of its year; without an image: the first visit, day 1 of 2008
    np.testing.assert_allclose(people["confound_53"], [2016 + 183 / 365.25] * 3 + [2008])
    assert people["category_22000"].tolist()[:3] == ["-11", "2", "2"] and people["category_22000"].isna().iloc[3]
    write_table(people, tmp_path / "people.parquet", participants_schema(1, (53,), (22000,)), {})
    with pytest.raises(InputError, match="field 25741"):
        read_main_table(tmp_path / "main.tab", dataclasses.replace(COHORT, confounds=(25741,)), OUTCOME)


def test_a_confound_of_the_imaging_visit_alone_is_taken_there(tmp_path: Path) -> None:
    header = "eid\t31-0.0\t21003-2.0\t54-2.0\t25000-2.0\t4282-0.0\t22009-0.1\t25741-2.0\t25756-2.0\t22000-0.0\n"
    rows = [
        f"{person}\t1\t60\t11025\t1.3\t{score}\t0.1\t0.{person}\t\t123456{person}"
        for person, score in ((1, 3), (2, 10))
    ]
    (tmp_path / "main.tab").write_text(header + "\n".join(rows) + "\n")
    samples = pd.DataFrame({"participant_id": ["1", "2"], "missing": 0.0, "sex": np.nan})
    none, images = pd.DataFrame({"ID1": [], "ID2": []}), pd.Index(["1", "2"])
    cohort = dataclasses.replace(COHORT, confounds=(25741,), category_confounds=(22000,))
    main = read_main_table(tmp_path / "main.tab", cohort, OUTCOME)
    people, _ = build_participants(main, samples, Imaged(images), NOBODY, none, cohort, OUTCOME)
    assert people["confound_25741"].tolist() == [0.1, 0.2]
    assert people["category_22000"].tolist() == ["1234561", "1234562"]
    empty = dataclasses.replace(COHORT, confounds=(25756,))
    main = read_main_table(tmp_path / "main.tab", empty, OUTCOME)
    with pytest.raises(InputError, match="nobody has a value of field 25756"):
        build_participants(main, samples, Imaged(images), NOBODY, none, empty, OUTCOME)


def test_a_study_of_the_largest_ancestry_counts_whom_it_leaves_out(tmp_path: Path) -> None:
    rows = {**ROWS, "12": {**ROWS["12"], (22006, 0, 0): 1}}
    people, attrition = _build(_read(_write_main(tmp_path / "main", "csv", rows=rows)), ancestry="largest")
    assert list(people.index) == ["11", "12"]
    assert attrition["removed"]["outside the largest ancestry"] == 1
    with pytest.raises(InputError, match="needs field 22006"):
        _build(_read(_write_main(tmp_path / "without", "csv", without=(22006,))), ancestry="largest")


def test_groups_that_nobody_is_in_are_told_from_ids_that_do_not_meet(tmp_path: Path) -> None:
    phenotypes = _read(_write_main(tmp_path / "main.csv", "csv"))
    with pytest.raises(InputError, match=r"0 of the low and 0 of the high .* check .* section outcome"):
        _build(phenotypes, dataclasses.replace(OUTCOME, low=(0, 0), high=(100, 101)))


def test_images_of_extremes_alone_are_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _build(_read(_write_main(tmp_path / "main", "csv")))  # both imaged people are of a group
    assert "Only 0 of 2 people with an image and genotypes are outside the two groups" in caplog.text
