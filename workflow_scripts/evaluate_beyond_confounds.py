"""What every model adds to the confounds, and its scores among people of like ancestry or age."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.classification.increments import measure_increments
from cgni.classification.schemas import INCREMENTS, STRATA
from cgni.classification.strata import score_strata
from cgni.cohort.settings import PeopleSettings
from cgni.fold_data.people import monitor_unseen

inputs, seed, resamples = snakemake.input, derive_seed(job.seed, "evaluation"), job.value("classification.bootstrap")
development = {m: read_table(p) for m, p in zip(job.value("models"), inputs.predictions, strict=True)}
holdout, participants = read_table(inputs.holdout), read_table(inputs.participants)
people = job.section(PeopleSettings)
unseen = monitor_unseen(people)
increments = measure_increments(development, holdout, participants, unseen, resamples, seed)
job.write(increments, snakemake.output.increments, INCREMENTS)
strata = score_strata(development, holdout, participants, resamples, seed)
job.write(strata, snakemake.output.strata, STRATA)
