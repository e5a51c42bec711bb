"""Draw some people of a study for a first run: write the ids of everybody else, to be given as withdrawn.

python -m tools.draw_people --configfile mine.yaml --people 200 --output others.txt

People with images and genotypes are drawn by the study's seed: a quarter from those between the groups, and as many of
the low as of the high group. No input is copied or changed: `inputs.withdrawals: others.txt` leaves the others out.
People who have withdrawn are among the others. The file holds ids: keep it where the data are.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cgni.base.errors import InputError
from cgni.base.files import write_text
from cgni.base.seeds import derive_seed
from cgni.cohort.participants import read_main_table
from cgni.workflow.check_people import look_at_people
from cgni.workflow.checklist import Checklist
from cgni.workflow.settings import StudySettings
from tools.make_reruns import effective


def draw(people: pd.DataFrame, count: int, seed: int) -> list[str]:
    """Ids of `count` people with images and genotypes, sorted: a quarter outside the groups, the rest half of each.

    Parameters
    ----------
    people
        The participants table.
    count
        How many are wanted.
    seed
        The study's seed.

    Raises
    ------
    InputError
        A group has too few of them. Where nobody is outside the groups, the groups fill the place.
    """
    complete = people[people["has_image"] & people["has_genotypes"]]
    outside = complete.loc[complete["outcome_group"].isna(), "participant_id"]
    drawn = _sample(outside, min(count // 4, len(outside)), seed, "outside")
    wanted = (count - len(drawn)) // 2
    for group in (0, 1):
        members = complete.loc[complete["outcome_group"].eq(group), "participant_id"]
        if len(members) < wanted:
            name = ("low", "high")[group]
            raise InputError(
                f"{len(members)} people of the {name} group have images and genotypes, {wanted} are wanted; draw fewer"
            )
        drawn += _sample(members, wanted, seed, str(group))
    return sorted(drawn)


def _sample(ids: pd.Series, count: int, seed: int, name: str) -> list[str]:
    random = np.random.default_rng(derive_seed(seed, "draw_people", name))
    return ids.sample(count, random_state=random).tolist()


def others(settings: StudySettings, count: int) -> tuple[list[str], int]:
    """Ids of the main table's people who are not drawn, and how many are.

    Raises
    ------
    InputError
        Something about the people is wrong, or a group is too small.
    """
    checklist = Checklist()
    found = look_at_people(checklist, settings).participants
    if found.value is None:
        raise InputError(f"the people cannot be read:\n{checklist.text()}")
    drawn = set(draw(found.value, count, settings.seed))
    table = read_main_table(settings.inputs.phenotypes, settings.cohort, settings.outcome)
    return [person for person in map(str, table.ids) if person not in drawn], len(drawn)


def main(arguments: Sequence[str]) -> int:
    """0 when the file was written."""
    parser = argparse.ArgumentParser(prog="python -m tools.draw_people", description="People for a first run.")
    parser.add_argument("--configfile", required=True, nargs="+", help="the study's config")
    parser.add_argument("--people", type=int, default=200, help="how many (200)")
    parser.add_argument("--output", required=True, help="file of the others' ids")
    given = parser.parse_args(arguments)
    try:
        left_out, drawn = others(StudySettings.of(effective(given.configfile)), given.people)
    except InputError as error:
        print(f"draw_people: {error}", file=sys.stderr)
        return 1
    write_text("\n".join(left_out) + "\n", given.output)
    print(f"{drawn} people drawn; {len(left_out):,} others are in {given.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
