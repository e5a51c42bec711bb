"""Simulate genotypes as a lab has them on disk: BGEN, sample, mfi, eQTL tables; and their truth."""

from cgni.workflow.job import start

job = start(snakemake)

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from cgni.enrichment.ontology import load_snapshot
from cgni.base.files import atomic_path
from cgni.base.seeds import derive_seed
from cgni.simulation import cohort, people, schemas, ukb_tables
from cgni.simulation.bgen import write_bgen
from cgni.simulation.loci import choose_loci
from cgni.base.programs import msp_path
from cgni.base.tables import write_table

seed, cfg = job.cfg["seed"], job.cfg["simulation"]["genotypes"]
size = job.cfg["simulation"]["people"]
chromosomes = job.cfg["inputs"]["genotypes"]["chromosomes"]
rng = np.random.default_rng(derive_seed(seed, "simulation", "loci"))
loci = choose_loci(
    pd.read_parquet(snakemake.input.positions), pd.read_csv(snakemake.input.ppi, sep="\t"),
    load_snapshot(Path(snakemake.input.go[0]).parent), chromosomes, cfg["go_terms"], cfg["genes_per_factor"],
    cfg["ppi_genes"], cfg["decoy_genes"], cfg["locus_length"], rng,
)  # fmt: skip
pedigree = people.draw_pedigree(size["count"], size["second_ancestry"], size["children"], rng)
with tempfile.TemporaryDirectory() as folder:
    genotypes, variants = cohort.draw_genotypes(msp_path(), loci, pedigree, cfg, seed, Path(folder))

ids = np.sort(rng.choice(np.arange(1_000_000, 6_000_000), size["count"], replace=False))[rng.permutation(size["count"])]
with_genotypes = rng.random(size["count"]) >= size["without_genotypes"]
order = rng.permutation(np.flatnonzero(with_genotypes))
sample_ids = ids[order].astype(int)
withdrawn = rng.choice(len(order), size["withdrawn"], replace=False)
sample_ids[withdrawn] = -np.arange(1, size["withdrawn"] + 1)
sex = rng.integers(0, 2, size["count"])

records, imputed = cohort.imputed_variants(genotypes[order], variants, tuple(cfg["missing_rates"]), rng)
for number, chrom in enumerate(chromosomes):
    rows = np.flatnonzero(imputed["chrom"] == chrom)
    write_bgen(snakemake.output.bgen[number], [records[row] for row in rows], len(order))
    ukb_tables.write_sample(sample_ids, sex[order], snakemake.output.sample[number])
    ukb_tables.write_mfi(imputed.iloc[rows], snakemake.output.mfi[number])
ukb_tables.write_eqtl_tables(variants, loci, snakemake.output.eqtl, snakemake.output.eqtl_snps, rng)

truth = imputed.join(loci[["gene_id", "symbol", "kind"]], on="locus").rename(columns={"kind": "gene_kind"})
truth["variant_id"] = [f"{r.chrom}:{r.pos}:{r.ref}:{r.alt}" for r in truth.itertuples()]
write_table(truth[schemas.VARIANTS.names], snakemake.output.truth, schemas.VARIANTS, job.provenance())
with atomic_path(snakemake.output.genotypes) as temporary, temporary.open("wb") as stream:
    np.savez_compressed(
        stream, genotypes=genotypes, ids=ids, sex=sex, population=pedigree.population, parents=pedigree.parents,
        withdrawn=ids[order][withdrawn], pcs=cohort.principal_components(genotypes, 10),
    )  # fmt: skip
