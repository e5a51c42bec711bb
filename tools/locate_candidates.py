"""Write the places of a study's candidate SNPs, so that genotype files can be cut to them before they are moved.

python -m tools.locate_candidates --configfile mine.yaml --output candidates.bed

Reads the eQTL table, its SNP table and the gene list, no genotypes. Lines are `chromosome first last`, counted from 1,
which is what `plink2 --extract bed1` takes.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cgni.base.errors import InputError
from cgni.base.files import write_text
from cgni.base.tables import read_table
from cgni.genetics.candidates import select_candidates
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.network import ids_by_symbol, read_network
from cgni.workflow.settings import StudySettings
from tools.make_reruns import effective

_GENES = Path(__file__).resolve().parents[1] / "resources/go"


def places(settings: StudySettings) -> list[tuple[str, int]]:
    """Chromosome and position of every candidate, each once, as the rule `select_candidates` finds them.

    Raises
    ------
    InputError
        A table cannot be read, or no candidate is left.
    """
    inputs, eqtl = settings.inputs, settings.genetics.eqtl
    genes, aliases = read_table(_GENES / "genes.parquet"), read_table(_GENES / "aliases.parquet")
    network = read_network(inputs.ppi, genes, aliases)
    symbols = ids_by_symbol(network, genes, aliases)
    pairs = read_eqtl_pairs(inputs.eqtl, eqtl.fdr, set(network.genes["gene_id"]), symbols, eqtl.build)
    alleles = read_snp_alleles(inputs.eqtl_snps, set(pairs.pairs["snp"])) if inputs.eqtl_snps else None
    candidates, _ = select_candidates(pairs, alleles, network, inputs.genotypes.chromosome_names)
    found = zip(candidates["chrom"].astype(str), candidates["pos"].astype(int), strict=True)
    return sorted(set(found), key=lambda place: (int(place[0]), place[1]))


def main(arguments: Sequence[str]) -> int:
    """0 when the file was written."""
    parser = argparse.ArgumentParser(prog="python -m tools.locate_candidates", description="Places of candidate SNPs.")
    parser.add_argument("--configfile", required=True, nargs="+", help="the study's config")
    parser.add_argument("--output", required=True, help="file of places, for plink2 --extract bed1")
    given = parser.parse_args(arguments)
    try:
        found = places(StudySettings.of(effective(given.configfile)))
    except InputError as error:
        print(f"locate_candidates: {error}", file=sys.stderr)
        return 1
    write_text("".join(f"{chrom}\t{pos}\t{pos}\n" for chrom, pos in found), given.output)
    print(f"{len(found):,} places on {len({chrom for chrom, _ in found})} chromosomes are in {given.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
