"""Founder haplotypes from a coalescent with recombination, by msprime's command line `msp`.

msprime is GPL, so it runs as an external program; its trees are read with tskit (MIT).
"""

import subprocess
from pathlib import Path

import numpy as np
import tskit

from cgni.base.errors import InputError

# Out-of-Africa-like split of a larger and a smaller population, in generations and diploid sizes.
_DEMOGRAPHY = """\
time_units: generations
demes:
  - name: ancestral
    epochs: [{start_size: 10000, end_time: 2000}]
  - name: A
    ancestors: [ancestral]
    epochs: [{start_size: 8000, end_time: 0}]
  - name: B
    ancestors: [ancestral]
    epochs: [{start_size: 8000, end_time: 0}]
"""


def simulate_haplotypes(
    msp: str, founders: tuple[int, int], length: int, seed: int, folder: Path
) -> tuple[np.ndarray, np.ndarray]:
    """Founder haplotypes of one sequence.

    Parameters
    ----------
    msp : path of msprime's command line program.
    founders : diploid founders of populations A and B.
    length : bases.
    seed : of ancestry and mutations.
    folder : existing folder for the tree sequences.

    Returns
    -------
    positions : int64 [sites], 0-based, strictly increasing; biallelic sites only.
    haplotypes : int8 [sites, 2 * (A + B)], 1 = derived allele; a person's two are neighbours.

    Raises
    ------
    InputError
        The program failed.
    """
    demography, trees, mutated = folder / "demography.yaml", folder / "ancestry.trees", folder / "mutated.trees"
    demography.write_text(_DEMOGRAPHY)
    seed = seed % (2**31 - 1) + 1
    samples = [f"{name}:{count}" for name, count in zip("AB", founders, strict=True) if count]
    rates = ["-s", str(seed), "-L", str(length), "-r", "1.2e-8"]
    _run([msp, "ancestry", *rates, "-d", str(demography), "-o", str(trees), *samples])
    _run([msp, "mutations", "1.2e-8", str(trees), "-s", str(seed), "-o", str(mutated)])
    sequence = tskit.load(mutated)
    genotypes = sequence.genotype_matrix()
    positions = np.floor(sequence.sites_position).astype(np.int64)
    biallelic = (genotypes.max(axis=1) == 1) & np.append(np.diff(positions) > 0, True)
    return positions[biallelic], genotypes[biallelic].astype(np.int8)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise InputError(f"msp failed ({done.stderr.strip().splitlines()[-1:]}); is msprime installed? (make setup)")
