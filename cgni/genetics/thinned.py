"""The thinned SNPs of all chromosomes (`thinning` makes them), as kinship and components read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cgni.base.errors import InputError
from cgni.cohort.samples import read_people

BED_MAGIC = b"\x6c\x1b\x01"  # begins a .bed file whose SNPs follow one another


@dataclass(frozen=True)
class ThinnedSnps:
    """Thinned SNPs of all chromosomes.

    Attributes
    ----------
    prefixes : prefix of each chromosome's .bed, .bim and .fam, whose people are r0, r1 ... by their row in the
        genotype file.
    ids : ids (str) of the people of the genotype file, in its order.
    """

    prefixes: tuple[Path, ...]
    ids: np.ndarray

    @classmethod
    def of(cls, beds: Iterable[str], people: str) -> "ThinnedSnps":
        """From the paths of the .bed files and of the file that lists the genotype file's people."""
        return cls(tuple(Path(path).with_suffix("") for path in beds), read_people(people)["participant_id"].to_numpy())

    def join(self, target: Path) -> Path:
        """Write one .bed, .bim and .fam of all chromosomes with the prefix `target`, and return it.

        Raises
        ------
        InputError
            Chromosomes with different people or orders, or no SNP at all.
        """
        people = {Path(f"{prefix}.fam").read_text() for prefix in self.prefixes}
        if len(people) > 1:
            raise InputError(
                "inputs.genotypes: the chromosomes list their people in different orders; kinship and components "
                "cannot be computed from them; give inputs.relatedness, and cohort.pcs: field"
            )
        with Path(f"{target}.bed").open("wb") as joined:
            joined.write(BED_MAGIC)
            for prefix in self.prefixes:
                content = Path(f"{prefix}.bed").read_bytes()
                joined.write(content[len(BED_MAGIC) :])
        Path(f"{target}.bim").write_text("".join(Path(f"{prefix}.bim").read_text() for prefix in self.prefixes))
        Path(f"{target}.fam").write_text(people.pop())
        if Path(f"{target}.bed").stat().st_size == len(BED_MAGIC):
            raise InputError("inputs.genotypes: no common SNP is left to compute kinship or components from")
        return target
