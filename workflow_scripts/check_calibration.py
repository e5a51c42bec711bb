"""Whether every model's probabilities are shares, or its predicted values those that are observed."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.classification.calibration import check_calibration
from cgni.classification.line_calibration import check_line
from cgni.classification.schemas import CALIBRATION, LINE_CALIBRATION, RELIABILITY
from cgni.cohort.settings import PeopleSettings
from cgni.fold_data.people import monitor_unseen

inputs, seed, people = snakemake.input, derive_seed(job.seed, "calibration"), job.section(PeopleSettings)
development = {m: read_table(p) for m, p in zip(job.value("models"), inputs.predictions, strict=True)}
unseen, holdout, resamples = monitor_unseen(people), read_table(inputs.holdout), job.value("classification.bootstrap")
if job.value("outcome.kind") == "continuous":
    calibration, reliability = check_line(development, holdout, read_table(inputs.participants), resamples, seed)
    job.write(calibration, snakemake.output.calibration, LINE_CALIBRATION)
else:
    calibration, reliability = check_calibration(development, holdout, unseen, seed)
    job.write(calibration, snakemake.output.calibration, CALIBRATION)
job.write(reliability, snakemake.output.reliability, RELIABILITY)
