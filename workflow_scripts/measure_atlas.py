"""Contributions of the regions of a further atlas to the canonical variates of every fold."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.views import IMAGING
from cgni.workflow.measure_contributions import measure_contributions

measure_contributions(job, snakemake, (IMAGING,))
