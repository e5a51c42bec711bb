"""Whether every model's probabilities are shares, before and after temperature scaling."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.classification.calibration import check_calibration
from cgni.classification.schemas import CALIBRATION, RELIABILITY
from cgni.cohort.settings import PeopleSettings
from cgni.fold_data.people import monitor_unseen

inputs, seed, people = snakemake.input, derive_seed(job.seed, "calibration"), job.section(PeopleSettings)
development = {m: read_table(p) for m, p in zip(job.value("models"), inputs.predictions, strict=True)}
unseen = monitor_unseen(people)
calibration, reliability = check_calibration(development, read_table(inputs.holdout), unseen, seed)
job.write(calibration, snakemake.output.calibration, CALIBRATION)
job.write(reliability, snakemake.output.reliability, RELIABILITY)
