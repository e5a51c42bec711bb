"""The guide asks UK Biobank for the fields that the code reads."""

import re
import subprocess
from pathlib import Path

from cgni.cohort.fields import AGE, CENTRE, OPTIONAL_FIELDS, PCS, SEX
from cgni.workflow.settings import StudySettings
from tests.unit.docs.pages import REPOSITORY, blocks

PAGE = REPOSITORY / "docs/guide/uk_biobank.md"
STUDY = StudySettings()
READ = {SEX, AGE, CENTRE, PCS, STUDY.outcome.field, *OPTIONAL_FIELDS}


def _written(name: str, folder: Path) -> list[str]:
    """Lines of the file that a command of the page writes."""
    command = next(c for block in blocks(PAGE) for c in block.commands if c.endswith(f"> {name}"))
    subprocess.run(["bash", "-euc", command], cwd=folder, check=True)
    return (folder / name).read_text().splitlines()


def test_the_table_of_fields_has_all_that_are_read() -> None:
    listed = {int(number) for number in re.findall(r"^\| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)}
    assert listed >= READ


def test_the_lists_for_extraction_have_all_that_are_read(tmp_path: Path) -> None:
    columns = _written("fields.txt", tmp_path)
    assert columns[0] == "eid" and len(set(columns)) == len(columns)
    assert {int(re.match(r"p(\d+)", column)[1]) for column in columns[1:]} == READ
    # every visit of an imaged person, and the components that the published study takes
    assert {f"p{AGE}_i{visit}" for visit in range(4)} | {f"p{PCS}_a{number}" for number in range(1, 21)} <= set(columns)
    assert [f"participant.{column}" for column in columns] == _written("participant_fields.txt", tmp_path)
    assert {int(number) for number in _written("fields.ids", tmp_path)} == READ
