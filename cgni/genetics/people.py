"""Whose genotypes are kept, and on whom statistics of variants are computed."""

from dataclasses import dataclass

import pandas as pd

from cgni.base.errors import InputError
from cgni.cohort.roles import development_people


@dataclass(frozen=True)
class GenotypedPeople:
    """The people of the genotype tables, each an Index of ids (str).

    Attributes
    ----------
    everybody : participants with genotypes, sorted: the people of all chromosomes' genotype tables.
    reference : those of them on whom SNP statistics and linkage are computed.
    imaged : the reference people with an image (may be empty).
    development : development people of the split, with genotypes or without: they decide which allele is counted.
    """

    everybody: pd.Index
    reference: pd.Index
    imaged: pd.Index
    development: pd.Index

    @classmethod
    def of(cls, participants: pd.DataFrame, splits: pd.DataFrame, reference: str) -> "GenotypedPeople":
        """From the participants and split tables.

        Parameters
        ----------
        reference
            `people.reference` of the config (`reference_people`).

        Raises
        ------
        InputError
            Nobody is left as reference.
        """
        genotyped = participants.loc[participants["has_genotypes"], "participant_id"]
        chosen = reference_people(participants, splits, reference)
        return cls(
            everybody=pd.Index(genotyped).sort_values(),
            reference=chosen,
            imaged=chosen[chosen.isin(participants.loc[participants["has_image"], "participant_id"])],
            development=development_people(splits),
        )

    def of_hardy_weinberg(self, choice: str) -> pd.Index:
        """Ids of those on whom Hardy-Weinberg is tested, by `genetics.qc.hwe_people`.

        The p of a given deviation falls with the number of people, so that it should not depend on who else is in
        the genotype files: `imaged` people are those of the study, `reference` people may be ten times as many.

        Raises
        ------
        InputError
            Nobody.
        """
        chosen = self.imaged if choice == "imaged" else self.reference
        if chosen.empty:
            raise InputError(
                "genetics.qc.hwe_people: imaged, but none of the reference people (people.reference) has an image; "
                "check inputs.images, or set it to reference"
            )
        return chosen


def reference_people(people: pd.DataFrame, splits: pd.DataFrame, reference: str) -> pd.Index:
    """Ids of those on whom SNP statistics are computed, all with genotypes.

    `development`: unrelated development people of the largest ancestry; `everybody`: all participants.

    Raises
    ------
    InputError
        Nobody.
    """
    chosen = people["has_genotypes"]
    if reference == "development":
        chosen = chosen & people["unrelated"] & people["largest_ancestry"]
        chosen = chosen & people["participant_id"].isin(development_people(splits))
    ids = pd.Index(people.loc[chosen, "participant_id"])
    if ids.empty:
        raise InputError(
            "people.reference: nobody with genotypes is among the development people, unrelated (field 22020) and of "
            "the largest ancestry (field 22006); check these fields, or set people.reference: everybody"
        )
    return ids
