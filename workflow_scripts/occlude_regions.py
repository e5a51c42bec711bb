"""Features of a fold's network for people's maps without each atlas region."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.workflow.occlude_maps import occlude_maps

occlude_maps(job, snakemake)
