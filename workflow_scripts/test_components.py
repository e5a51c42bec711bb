"""Every component's tests, the whole-pipeline one among them, and whether features may be called in it."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.contributions.components import component_tests
from cgni.contributions.schemas import COMPONENT_TESTS
from cgni.contributions.settings import ContributionSettings

components, null = read_table(snakemake.input.components), [read_table(path) for path in snakemake.input.null]
tests = component_tests(components, null, job.section(ContributionSettings))
job.write(tests, snakemake.output.components, COMPONENT_TESTS)
