"""Contributions of regions and SNPs per fold and as consensus, with what both rules call."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.base.views import VIEWS
from cgni.contributions.calls import call_features
from cgni.contributions.schemas import CALIBRATION, CONTRIBUTIONS
from cgni.contributions.settings import ContributionSettings

inputs = snakemake.input
occlusion = {view: read_table(inputs[view]) for view in VIEWS}
null = [read_table(path) for path in inputs.null]
tests, settings = read_table(inputs.components), job.section(ContributionSettings)
found = call_features(occlusion, null, tests, settings)
job.write(found.contributions, snakemake.output.contributions, CONTRIBUTIONS)
job.write(found.calibration, snakemake.output.calibration, CALIBRATION)
