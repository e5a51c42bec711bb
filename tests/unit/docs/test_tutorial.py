"""The tutorial reads every section of the report, in the report's order."""

import re

from tests.unit.docs.pages import REPOSITORY

TUTORIAL = (REPOSITORY / "docs/guide/tutorial.md").read_text(encoding="utf-8")
TEMPLATE = (REPOSITORY / "resources/report.html.j2").read_text(encoding="utf-8")


def test_every_section_of_the_report_has_its_place() -> None:
    # of a heading that depends on the study, the demo's wording
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", re.sub(r"\{\{.*?else \"(\w+)\" \}\}", r"\1", TEMPLATE))
    read = re.findall(r"^## (.+)$", TUTORIAL, re.MULTILINE)
    places = [next(at for at, title in enumerate(read) if heading in title) for heading in headings]
    assert len(headings) >= 12 and places == sorted(places)
