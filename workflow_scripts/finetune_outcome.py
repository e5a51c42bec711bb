"""Working-memory network of a fold: the first blocks of its brain-age network, trained on the two groups."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.networks.checkpoint import load_checkpoint
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.networks.schemas import CURVE, LINEAGE, METRICS
from cgni.networks.settings import ExecutionSettings
from cgni.pretraining.people import ImagedStudy
from cgni.transfer.finetune import finetune_fold
from cgni.transfer.schemas import TRANSFER_FITS
from cgni.transfer.settings import TransferSettings

inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
study = ImagedStudy.read(inputs.maps, inputs.qc, inputs.participants, inputs.splits)
resume = ResumeFile(params.resume, {**job.provenance(), **params.execution})
run = Run.start(ExecutionSettings.of(params.execution["execution"]), job.seed, snakemake.threads, resume)
brain_age, fold, fit_on = load_checkpoint(inputs.brain_age), int(snakemake.wildcards.fold), job.value("people.fit_on")
trained, fits = finetune_fold(study, fold, fit_on, brain_age, job.section(TransferSettings), run)
trained.save(outputs.checkpoint, job.config)
job.write(trained.curve, outputs.curve, CURVE)
job.write(trained.metrics, outputs.metrics, METRICS)
job.write(trained.lineage, outputs.lineage, LINEAGE)
job.write(fits, outputs.fits, TRANSFER_FITS)
resume.remove()
