"""One model of Table 1 in every fold, and its predictions for development people."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import write_table
from cgni.classification import schemas as schemas
from cgni.classification.candidates import classifier_seed, with_settings
from cgni.networks.checkpoint import load_checkpoint, save_folds
from cgni.networks.device import prepare_torch
from cgni.classification.fold_fits import fit_classifier_folds
from cgni.classification.inputs import StudyTables
from cgni.networks.resume import ResumeFile

inputs, provenance = snakemake.input, job.provenance()
cfg = with_settings(job.cfg, inputs.get("settings"))
model = snakemake.wildcards.get("model", "genetic_nn")
seed = classifier_seed(cfg["seed"], model)
prepare_torch(seed, snakemake.threads)
tables = StudyTables(inputs.features, inputs.fills, inputs.genotypes, inputs.participants, inputs.splits)
extra = {name: inputs.get(name) for name in ("embeddings", "hidden")}
if inputs.get("networks"):
    extra["networks"] = [load_checkpoint(path)["state"] for path in inputs.networks]
if inputs.get("encoders"):
    extra["encoders"] = load_checkpoint(inputs.encoders)
resume = ResumeFile(snakemake.params.resume, provenance)
fits = fit_classifier_folds(model, tables, cfg["classification"], cfg["people"]["heads_on"], seed, extra, resume)

save_folds(fits.checkpoint, snakemake.output.model)
write_table(fits.rows, snakemake.output.predictions, schemas.PREDICTIONS, provenance)
write_table(fits.curve, snakemake.output.curve, schemas.FOLD_CURVE, provenance)
write_table(fits.lineage, snakemake.output.lineage, schemas.FOLD_LINEAGE, provenance)
if fits.hidden is not None:
    count = fits.hidden.shape[1] - 2
    write_table(fits.hidden, snakemake.output.features, schemas.hidden_schema(count), provenance)
resume.remove()
