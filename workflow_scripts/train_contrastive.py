"""Encoders of one loss subset in every fold, and the embeddings of everybody with both modalities."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.seeds import derive_seed
from cgni.base.tables import write_table
from cgni.classification import schemas as schemas
from cgni.classification.candidates import with_settings
from cgni.networks.checkpoint import save_folds
from cgni.networks.device import prepare_torch
from cgni.classification.fold_fits import fit_contrastive_folds
from cgni.classification.inputs import StudyTables
from cgni.networks.resume import ResumeFile

inputs, provenance = snakemake.input, job.provenance()
cfg = with_settings(job.cfg, inputs.get("settings"))
# one seed for all subsets and candidates: they differ by their terms and settings alone
seed = derive_seed(cfg["seed"], "contrastive")
prepare_torch(seed, snakemake.threads)
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
resume = ResumeFile(snakemake.params.resume, provenance)
fits = fit_contrastive_folds(
    tables, snakemake.wildcards.terms, cfg["contrastive"], cfg["people"]["fit_on"], seed, resume
)

save_folds(fits.checkpoint, snakemake.output.encoders)
numbered = [name for name in fits.rows.columns if name not in ("fold", "participant_id")]
write_table(fits.rows, snakemake.output.embeddings, schemas.numbered_schema(numbered), provenance)
write_table(fits.curve, snakemake.output.curve, schemas.FOLD_CURVE, provenance)
write_table(fits.lineage, snakemake.output.lineage, schemas.FOLD_LINEAGE, provenance)
resume.remove()
