"""Simulate factors, confounds and WM scores; write the main table, relatedness and withdrawals."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.tables import read_table
from cgni.simulation.phenotypes import simulate_phenotypes
from cgni.simulation.schemas import BETAS, POLYGENIC, people_schema
from cgni.simulation.settings import SimulationSettings
from cgni.simulation.truth import TrueCohort
from cgni.simulation.ukb_tables import write_lines, write_main_table

cohort, variants = TrueCohort.load(snakemake.input.genotypes), read_table(snakemake.input.truth)
drawn = simulate_phenotypes(cohort, variants, job.section(SimulationSettings), job.seed)
write_main_table(drawn.main_table, snakemake.output.phenotypes, job.value("outcome.field"))
write_lines(drawn.relatedness, snakemake.output.relatedness)
write_lines(drawn.withdrawals, snakemake.output.withdrawals)
job.write(drawn.people, snakemake.output.people, people_schema(drawn.factors))
job.write(drawn.betas, snakemake.output.betas, BETAS)
job.write(drawn.polygenic, snakemake.output.polygenic, POLYGENIC)
