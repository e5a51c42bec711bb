"""The simulated people with their true genotypes, as the rules of the simulation hand them on."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cgni.base.arrays import read_arrays
from cgni.base.files import atomic_path
from cgni.simulation.people import Pedigree

_ARRAYS = ("genotypes", "ids", "sex", "population", "parents", "admixture", "withdrawn", "pcs", "members")


@dataclass(frozen=True)
class TrueCohort:
    """Everybody of the population, before imputation, missing data and withdrawals.

    Attributes
    ----------
    genotypes : int8 [people, variants], copies of ALT.
    ids : int [people].
    sex : int [people], 1 male.
    pedigree : ancestry and families.
    withdrawn : ids of people who withdrew.
    pcs : float [people, 10], genetic principal components.
    members : bool [people], those of the cohort that the study is of; of the others no file tells.
    """

    genotypes: np.ndarray
    ids: np.ndarray
    sex: np.ndarray
    pedigree: Pedigree
    withdrawn: np.ndarray
    pcs: np.ndarray
    members: np.ndarray

    def save(self, path: str | Path) -> None:
        """Write an `.npz`, whole or not at all; the same cohort gives the same bytes."""
        with atomic_path(path) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(
                stream,
                genotypes=self.genotypes,
                ids=self.ids,
                sex=self.sex,
                population=self.pedigree.population,
                parents=self.pedigree.parents,
                admixture=self.pedigree.admixture,
                withdrawn=self.withdrawn,
                pcs=self.pcs,
                members=self.members,
            )

    @classmethod
    def load(cls, path: str | Path) -> "TrueCohort":
        """Read what `save` wrote; InputError when it is not there as a whole."""
        held = read_arrays(path, *_ARRAYS)
        pedigree = Pedigree(held["population"], held["parents"], held["admixture"])
        own = (held[name] for name in ("withdrawn", "pcs", "members"))
        return cls(held["genotypes"], held["ids"], held["sex"], pedigree, *own)
