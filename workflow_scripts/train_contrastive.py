"""Encoders of one loss subset in every fold, and the embeddings of everybody with both modalities."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.seeds import derive_seed
from workflow_scripts.cgni.tables import write_table
from workflow_scripts.cgni.training import multimodal_schemas as schemas
from workflow_scripts.cgni.training.candidates import with_settings
from workflow_scripts.cgni.training.checkpoint import save_folds
from workflow_scripts.cgni.training.device import prepare_torch
from workflow_scripts.cgni.training.fold_fits import fit_contrastive_folds
from workflow_scripts.cgni.training.model_inputs import StudyTables
from workflow_scripts.cgni.training.resume import ResumeFile

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
