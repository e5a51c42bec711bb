"""Looking at the genes and genotypes of a study: candidates, one chromosome's match, and the enrichment's terms."""

from pathlib import Path

import pandas as pd
import requests

from cgni.base.errors import InputError
from cgni.base.programs import plink2_path
from cgni.base.tables import read_table
from cgni.cohort.samples import read_people
from cgni.enrichment.ontology import Ontology
from cgni.enrichment.own_annotation import load_annotation
from cgni.enrichment.settings import EnrichmentSettings
from cgni.genetics.bgen import locate_variants
from cgni.genetics.candidates import select_candidates
from cgni.genetics.eqtl import read_eqtl_pairs, read_snp_alleles
from cgni.genetics.merge import check_build
from cgni.genetics.network import Network, read_network
from cgni.genetics.paths import chromosome_files
from cgni.genetics.plink import read_pvar
from cgni.genetics.qc import match_candidates
from cgni.genetics.settings import GenotypeInputs
from cgni.genetics.sources import GenotypeFiles, check_people
from cgni.workflow.checklist import Checklist
from cgni.workflow.settings import StudySettings

_GO = Path(__file__).resolve().parents[2] / "resources" / "go"
_WALKED = 2**30  # bytes of a BGEN file that is walked through where it has no index
_SECONDS = 10.0  # for the service to answer


def look_at_genes(checklist: Checklist, settings: StudySettings) -> None:
    """Read the gene lists, eQTL tables and headers of the genotype files, and match one chromosome's candidates."""
    inputs = settings.inputs
    checklist.look("plink2", plink2_path, str)
    genes, aliases = (read_table(_GO / f"{name}.parquet") for name in ("genes", "aliases"))
    network = checklist.look("gene network", lambda: read_network(inputs.ppi, genes, aliases), lambda found: found.note)
    chosen = checklist.look("eQTL tables", lambda: _candidates(settings, network.get()), _candidates_found)
    files = checklist.look("genotype files", lambda: _genotype_files(inputs.genotypes), _files_found)
    smallest = min(files.value or [], key=lambda part: part.genotypes.stat().st_size, default=None)
    if smallest is not None and not _is_quick(smallest):
        checklist.note(
            "match", f"{smallest.genotypes}: not looked for SNPs; it has no index, and reading it takes long"
        )
    elif smallest is not None:
        checklist.look("match", lambda: _matched(smallest, chosen.get(), inputs.genotypes), _match_found)
    _look_at_terms(checklist, settings.enrichment)


def _candidates(settings: StudySettings, network: Network) -> pd.DataFrame:
    inputs = settings.inputs
    eqtl = read_eqtl_pairs(inputs.eqtl, settings.genetics.eqtl.fdr, set(network.genes["gene_id"]))
    alleles = read_snp_alleles(inputs.eqtl_snps, set(eqtl.pairs["snp"])) if inputs.eqtl_snps else None
    return select_candidates(eqtl, alleles, network, inputs.genotypes.chromosome_names)[0]


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


def _is_quick(files: GenotypeFiles) -> bool:
    """Whether the variants can be listed in seconds."""
    if files.variants is not None:
        return True
    index = files.genotypes.with_name(files.genotypes.name + ".bgi")
    return files.format == "bgen" and (index.is_file() or files.genotypes.stat().st_size < _WALKED)


def _matched(files: GenotypeFiles, candidates: pd.DataFrame, genotypes: GenotypeInputs) -> pd.DataFrame:
    """Candidates of a chromosome with where they are in the file; InputError where the build is another one."""
    own = candidates[candidates["chrom"] == files.chrom].drop_duplicates("variant_id", ignore_index=True)
    if own.empty:
        raise InputError(f"inputs.eqtl: no candidate SNP on chromosome {files.chrom}; take it out of the chromosomes")
    if files.variants is None:
        found = locate_variants(files.genotypes, files.chrom, own["pos"])
    else:
        found = read_pvar(files.variants)
        found = found[(found["chrom"] == files.chrom) & found["pos"].isin(own["pos"])]
    found = found[["pos", "ref", "alt"]].assign(row=range(len(found)), file_info=None)
    table = match_candidates(
        own[["variant_id", "chrom", "pos", "ref", "alt", "rsid"]], found, files.states_reference, True
    )
    check_build(table, genotypes.build)
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
