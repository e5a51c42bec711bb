"""Who is occluded."""

import dataclasses

import numpy as np
import pandas as pd

from cgni.occlusion.people import occluded_people, people_with_both
from tests.unit.occlusion.made_cohort import OCCLUSION, Cohort


def test_occluded_people_are_the_folds_validation_people(cohort: Cohort) -> None:
    data = cohort.data[0]
    everybody = dataclasses.replace(OCCLUSION, max_people=None)
    people = occluded_people(cohort.splits, 0, data.ids, everybody, 0)
    assert set(people.ids) == set(data.ids[data.part == "validation"])
    assert set(people.training) == set(data.ids[np.isin(data.part, ["fit", "monitor"])])
    assert len(cohort.regions[0].ids) == 100 and set(cohort.regions[0].ids) <= set(people.ids)


def test_training_people_may_be_occluded_instead(cohort: Cohort) -> None:
    data = cohort.data[1]
    people = occluded_people(
        cohort.splits, 1, data.ids, dataclasses.replace(OCCLUSION, people="training", max_people=10_000), 0
    )
    assert people.ids.equals(people.training)


def test_a_draw_depends_on_its_seed_alone(cohort: Cohort) -> None:
    ids = cohort.data[0].ids
    first, again, other = (occluded_people(cohort.splits, 0, ids, OCCLUSION, seed).ids for seed in (1, 1, 2))
    assert first.equals(again) and not first.equals(other) and first.is_monotonic_increasing


def test_people_of_one_table_alone_are_left_out() -> None:
    tables = [pd.DataFrame({"participant_id": list(names)}) for names in ("abc", "cbd")]
    assert sorted(people_with_both(*tables)) == ["b", "c"]
