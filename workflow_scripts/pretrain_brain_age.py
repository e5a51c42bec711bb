"""Brain-age network of a fold: everybody imaged with a known age among the fold's fit people."""

from cgni.workflow.job import start

job = start(snakemake)


from cgni.base.arrays import read_array
from cgni.cohort.settings import PeopleSettings
from cgni.networks.resume import ResumeFile
from cgni.networks.run import Run
from cgni.networks.schemas import CURVE, LINEAGE, METRICS
from cgni.networks.settings import ExecutionSettings
from cgni.pretraining.brain_age import pretrain_fold
from cgni.pretraining.people import ImagedStudy
from cgni.pretraining.settings import PretrainingSettings

inputs, outputs, params = snakemake.input, snakemake.output, snakemake.params
study = ImagedStudy.read(inputs.maps, inputs.qc, inputs.participants, inputs.splits)
resume = ResumeFile(params.resume, {**job.provenance(), **params.execution})
run = Run.start(ExecutionSettings.of(params.execution["execution"]), job.seed, snakemake.threads, resume)
fold, mask = int(snakemake.wildcards.fold), read_array(inputs.mask)
trained = pretrain_fold(study, fold, mask, job.section(PeopleSettings), job.section(PretrainingSettings), run)
trained.save(outputs.checkpoint, job.config)
job.write(trained.curve, outputs.curve, CURVE)
job.write(trained.metrics, outputs.metrics, METRICS)
job.write(trained.lineage, outputs.lineage, LINEAGE)
resume.remove()
