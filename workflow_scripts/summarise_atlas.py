"""Contributions of the regions of a further atlas per fold and as consensus, with what both rules call."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.base.views import IMAGING
from cgni.contributions.calls import called_table
from cgni.contributions.schemas import CONTRIBUTIONS
from cgni.contributions.settings import ContributionSettings

inputs, settings = snakemake.input, job.section(ContributionSettings)
occlusion, null = {IMAGING: read_table(inputs.imaging)}, [read_table(inputs.null)]
found = called_table(occlusion, null, read_table(inputs.components), settings)
job.write(found, snakemake.output.contributions, CONTRIBUTIONS)
