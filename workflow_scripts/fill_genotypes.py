"""Fill values of a fold: mean allele counts of its training people."""

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

from workflow_scripts.cgni.cohort.roles import fold_people  # noqa: E402
from workflow_scripts.cgni.genetics.coding import fill_values  # noqa: E402
from workflow_scripts.cgni.genetics.schemas import FILL  # noqa: E402
from workflow_scripts.cgni.tables import read_table, write_table  # noqa: E402

training = fold_people(read_table(snakemake.input.splits), int(snakemake.wildcards.fold)).training
fill = fill_values(read_table(snakemake.input.genotypes), training)
write_table(fill, snakemake.output.fill, FILL, job.provenance())
