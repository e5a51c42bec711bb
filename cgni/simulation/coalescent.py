"""Founder haplotypes from a coalescent with recombination, by msprime's command line `msp`.

msprime is GPL, so it runs as an external program; its trees are read with tskit (MIT).
"""

import subprocess
from pathlib import Path

import numpy as np
import tskit

from cgni.base.errors import InputError

# Three populations of one split, in generations and diploid sizes: the largest ancestry, the second one, and the
# source with which the largest is mixed along a cline.
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
  - name: C
    ancestors: [ancestral]
    epochs: [{start_size: 8000, end_time: 0}]
"""
SOURCES = "ABC"
_MORGANS_PER_BASE = 1e-8  # a centimorgan a megabase


def simulate_haplotypes(
    msp: str, samples: tuple[int, ...], length: int, recombination: float, seed: int, folder: Path
) -> tuple[np.ndarray, np.ndarray]:
    """Haplotypes of one sequence.

    Parameters
    ----------
    msp : path of msprime's command line program.
    samples : people of each of `SOURCES`, with two haplotypes each; missing ones are 0.
    length : bases.
    recombination : centimorgans a megabase.
    seed : of ancestry and mutations.
    folder : existing folder for the tree sequences.

    Returns
    -------
    positions : int64 [sites], 0-based, strictly increasing; biallelic sites only.
    haplotypes : int8 [sites, 2 * people], 1 = derived allele; those of a source are neighbours.

    Raises
    ------
    InputError
        The program failed.
    """
    demography, trees, mutated = folder / "demography.yaml", folder / "ancestry.trees", folder / "mutated.trees"
    demography.write_text(_DEMOGRAPHY)
    seed = seed % (2**31 - 1) + 1
    sampled = [f"{name}:{count}" for name, count in zip(SOURCES, samples, strict=False) if count]
    rates = ["-s", str(seed), "-L", str(length), "-r", repr(recombination * _MORGANS_PER_BASE)]
    _run([msp, "ancestry", *rates, "-d", str(demography), "-o", str(trees), *sampled])
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
