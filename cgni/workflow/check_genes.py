"""Looking at the genes and genotypes of a study: candidates, one chromosome's match, and the enrichment's terms."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import requests

from cgni.base.programs import plink2_path
from cgni.base.shipped import HOME
from cgni.base.tables import read_table
from cgni.cohort.samples import read_people
from cgni.enrichment.ontology import Ontology
from cgni.enrichment.own_annotation import load_annotation, refuse_untested
from cgni.enrichment.settings import EnrichmentSettings
from cgni.genetics.candidates import select_candidates
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.merge import FEW, check_build
from cgni.genetics.mfi import read_mfi
from cgni.genetics.network import Network, ids_by_symbol, read_network
from cgni.genetics.paths import chromosome_files
from cgni.genetics.plink import open_plink
from cgni.genetics.qc import match_candidates, supplied_info
from cgni.genetics.settings import GenotypeInputs
from cgni.genetics.sources import GenotypeFiles, check_people, import_variants
from cgni.workflow.checklist import Checklist, Part
from cgni.workflow.settings import StudySettings

_GO = HOME / "resources" / "go"
_WALKED = 2**30  # bytes of a BGEN file that is walked through where it has no index
_MEMORY_MB = 4000
_SECONDS = 10.0  # for the service to answer


def look_at_genes(checklist: Checklist, settings: StudySettings) -> None:
    """Read the gene lists, eQTL tables and headers of the genotype files, and match one chromosome's candidates."""
    inputs = settings.inputs
    checklist.look("plink2", plink2_path, str)
    network = checklist.look(
        "gene network", lambda: read_network(inputs.ppi, *_known_genes()), lambda found: found.note
    )
    chosen = checklist.look("eQTL tables", lambda: _candidates(settings, network.get()), _candidates_found)
    files = checklist.look("genotype files", lambda: _genotype_files(inputs.genotypes), _files_found)
    if files.value is None or chosen.value is None:
        checklist.skip("match")
    else:
        _look_at_match(checklist, files.value, chosen.value, settings)
    _look_at_terms(checklist, settings.enrichment)
    for sets in settings.enrichment.more_sets:
        _look_at_sets(checklist, sets["name"], sets["gmt"], chosen)


def _known_genes() -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_table(_GO / "genes.parquet"), read_table(_GO / "aliases.parquet")


def _candidates(settings: StudySettings, network: Network) -> pd.DataFrame:
    inputs, eqtl = settings.inputs, settings.genetics.eqtl
    symbols = ids_by_symbol(network, *_known_genes())
    pairs = read_eqtl_pairs(inputs.eqtl, eqtl.fdr, set(network.genes["gene_id"]), symbols, eqtl.build)
    alleles = read_snp_alleles(inputs.eqtl_snps, set(pairs.pairs["snp"])) if inputs.eqtl_snps else None
    return select_candidates(pairs, alleles, network, inputs.genotypes.chromosome_names)[0]


def _candidates_found(candidates: pd.DataFrame) -> str:
    snps, genes, chromosomes = (candidates[name].nunique() for name in ("variant_id", "gene_id", "chrom"))
    return f"{snps:,} candidate SNPs of {genes:,} network genes on {chromosomes} chromosomes"


def _genotype_files(genotypes: GenotypeInputs) -> list[GenotypeFiles]:
    files = []
    for chrom in genotypes.chromosomes:
        paths = chromosome_files(genotypes, chrom)
        part = GenotypeFiles.of(
            str(chrom), str(paths["genotypes"]), str(paths["people"]), variants=paths["variants"], mfi=paths["mfi"]
        )
        check_people(part, pd.Index(read_people(part.people)["participant_id"]))
        files.append(part)
    return files


def _files_found(files: list[GenotypeFiles]) -> str:
    size = sum(part.stat().st_size for part in {part.genotypes for part in files})
    return f"{len(files)} chromosomes in {files[0].format}, {size / 1e9:.1f} GB"


def _look_at_match(
    checklist: Checklist, files: list[GenotypeFiles], candidates: pd.DataFrame, settings: StudySettings
) -> None:
    """Look for the candidates of the smallest file that can be listed in seconds and has enough of them to judge."""
    counts = candidates.drop_duplicates("variant_id")["chrom"].value_counts()
    enough = [part for part in files if counts.get(part.chrom, 0) >= FEW]
    quick = [part for part in enough if _is_quick(part)]
    if not quick:
        why = "reading it takes long without an index" if enough else f"no chromosome has {FEW} candidates"
        checklist.note("match", f"no genotype file was searched: {why}")
        return
    smallest = min(quick, key=lambda part: part.genotypes.stat().st_size)
    checklist.look("match", lambda: _matched(smallest, candidates, settings), _match_found)


def _is_quick(files: GenotypeFiles) -> bool:
    """Whether the variants can be listed in seconds."""
    if files.variants is not None:
        return True
    index = files.genotypes.with_name(files.genotypes.name + ".bgi")
    return files.format == "bgen" and (index.is_file() or files.genotypes.stat().st_size < _WALKED)


def _matched(files: GenotypeFiles, candidates: pd.DataFrame, settings: StudySettings) -> pd.DataFrame:
    """Candidates of a chromosome with where they are in the file.

    Raises
    ------
    InputError
        Another build, or an mfi file of other variants.
    """
    own = candidates[candidates["chrom"] == files.chrom].drop_duplicates("variant_id", ignore_index=True)
    everybody = np.ones(len(read_people(files.people)), dtype=bool)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_plink(Path(folder) / "match", "check", os.cpu_count() or 1, _MEMORY_MB) as plink,
    ):
        found = import_variants(plink, files, everybody, own["pos"], settings.genetics.qc.hard_call)
    table = match_candidates(own, found, files.states_reference, settings.genetics.qc.strand_ambiguous == "remove")
    check_build(table, settings.inputs.genotypes.build)
    if files.mfi is not None:
        supplied_info(table, read_mfi(files.mfi, set(table["pos"])), files.mfi)
    return table


def _match_found(table: pd.DataFrame) -> str:
    chrom = table["chrom"].iloc[0]
    return f"{int(table['found'].sum()):,} of {len(table):,} candidates of chromosome {chrom} are in its genotype file"


def _look_at_terms(checklist: Checklist, enrichment: EnrichmentSettings) -> None:
    checklist.look(
        "terms",
        lambda: load_annotation(_GO, enrichment.gmt, enrichment.obo, enrichment.gaf),
        lambda found: _terms_found(found, enrichment),
    )
    if enrichment.engine != "offline":
        checklist.note("terms", _service_found(enrichment))


def _look_at_sets(checklist: Checklist, name: str, gmt: str, chosen: Part[pd.DataFrame]) -> None:
    """Read a further file of gene sets; one without a gene of a candidate SNP is wrong."""

    def looked() -> tuple[Ontology, int]:
        annotation = load_annotation(_GO, gmt)
        return annotation, refuse_untested(annotation, chosen.get()["gene_id"])

    checklist.look(
        f"sets: {name}",
        looked,
        lambda found: (
            f"{found[0].version}: {len(found[0].terms):,} sets, {found[1]:,} of their genes have candidate SNPs"
        ),
    )


def _terms_found(ontology: Ontology, enrichment: EnrichmentSettings) -> str:
    kinds = ontology.terms["ontology"].value_counts()
    wanted = {source.removeprefix("GO:"): source for source in enrichment.sources}
    told = ", ".join(f"{int(kinds.get(kind, 0)):,} of {source}" for kind, source in wanted.items())
    return f"{ontology.version}: {told}"


def _service_found(enrichment: EnrichmentSettings) -> str:
    try:
        requests.head(enrichment.service, timeout=min(enrichment.timeout, _SECONDS), allow_redirects=True)
    except requests.RequestException:
        told = "the shipped terms are used instead" if enrichment.engine == "auto" else "set enrichment.engine: offline"
        return f"{enrichment.service} does not answer from here: {told}"
    return f"{enrichment.service} answers"
