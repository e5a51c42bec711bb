"""The people of another cohort, with or without an outcome."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cgni.cohort.attrition import Attrition
from cgni.cohort.families import read_related_pairs
from cgni.cohort.id_lists import KnownIds, read_withdrawals
from cgni.cohort.participants import Imaged, list_participants, read_main_table
from cgni.cohort.samples import common_people
from cgni.cohort.settings import CohortSettings, OutcomeSettings
from cgni.imaging.paths import stated_visits


@dataclass(frozen=True)
class CohortFiles:
    """Files of a cohort.

    Attributes
    ----------
    phenotypes : main table; withdrawals, relatedness : None or empty where there is none.
    samples : lists of people of the genotype files.
    listed : its images (`imaging.t1.listing.study_images`).
    kinship : from which coefficient on people are relatives.
    """

    phenotypes: str
    withdrawals: Any
    relatedness: str
    samples: list[str]
    listed: pd.DataFrame
    kinship: float

    def people(self, cohort: CohortSettings, outcome: OutcomeSettings) -> tuple[pd.DataFrame, Attrition]:
        """Participants (`cohort.schemas.participants_schema`) and their attrition; the outcome may be unknown.

        Raises
        ------
        InputError
            As of the readers; nobody left.
        """
        phenotypes = read_main_table(self.phenotypes, cohort, outcome, labelled=False)
        if not phenotypes.has(outcome.field):
            outcome = outcome.changed(change="none")
        known = KnownIds(phenotypes.ids)
        withdrawn = read_withdrawals(self.withdrawals, known)
        pairs = read_related_pairs(self.relatedness, self.kinship, known)
        imaged = Imaged(pd.Index(self.listed["participant_id"]), stated_visits(self.listed))
        samples = common_people(self.samples)
        return list_participants(phenotypes, samples, imaged, withdrawn, pairs, cohort, outcome)
