"""Looking at a table of imaging features: cells, names and units, and what would be left of it."""

import pandas as pd

from cgni.cohort.roles import development_people
from cgni.cohort.splits import make_splits
from cgni.imaging.table.labels import named_features, read_labels
from cgni.imaging.table.reading import FeatureTable, read_feature_table
from cgni.imaging.table.screening import Screened, screen_features
from cgni.workflow.check_people import PeopleFound
from cgni.workflow.checklist import Checklist, Part
from cgni.workflow.settings import StudySettings


def look_at_table(checklist: Checklist, settings: StudySettings, people: PeopleFound) -> None:
    """Read the table and its labels, and screen it, as the rule `read_image_features` does."""
    inputs, own, instances = settings.inputs, settings.imaging.table, settings.cohort.image_instances
    table = checklist.look("features", lambda: read_feature_table(inputs.images, own, instances), _table_found)
    named = checklist.look("feature labels", lambda: _named(table, inputs.images, inputs.feature_labels), _named_found)

    def screen() -> Screened:
        participants = people.participants.get()
        development = development_people(make_splits(participants, settings.splits, settings.seed))
        ids = pd.Index(participants["participant_id"])
        return screen_features(table.get().values, named.get(), ids, development, own)

    checklist.look("features left", screen, _left_found)


def _named(table: Part[FeatureTable], images: str, labels: str | None) -> pd.DataFrame:
    return named_features(table.get().columns, read_labels(labels) if labels else None, labels or images)


def _table_found(table: FeatureTable) -> str:
    return f"{table.values.shape[1]:,} features of {len(table.values):,} people"


def _named_found(named: pd.DataFrame) -> str:
    labelled, units = int((named["label"] != named["feature"]).sum()), int((named["unit"] != "").sum())
    return f"{labelled:,} of {len(named):,} features have a label, {units:,} a unit"


def _left_found(left: Screened) -> str:
    gaps = int(left.columns["unknown"].sum())
    return f"{len(left.columns):,} features of {len(left.features):,} of the study's people, {gaps:,} gaps to fill"
