"""What the oracle and the pipeline found of what was planted (simulated study only)."""

from cgni.workflow.job import start

job = start(snakemake)

from functools import partial

from cgni.audit.comparison import CohortTables, DevelopmentData, StudyFindings, Truth, compare_with_truth
from cgni.audit.schemas import RECOVERY
from cgni.audit.settings import AuditSettings
from cgni.base.files import atomic_path
from cgni.base.tables import read_table
from cgni.imaging.region_values import measured_people, region_values
from cgni.simulation.settings import SimulatedGenotypesSettings
from cgni.simulation.volumes import planted_names

inputs, terms = dict(snakemake.input.items()), job.section(SimulatedGenotypesSettings).go_terms
names = planted_names(inputs)
truth = Truth.of(read_table(inputs["variants"]), read_table(inputs["regions"]), names, terms)
splits, *others = (read_table(inputs[name]) for name in ("splits", "genotypes", "participants"))
tested = DevelopmentData.of(CohortTables(splits, measured_people(inputs), *others), partial(region_values, inputs))
found = (read_table(inputs[name]) for name in ("contributions", "blocks", "snp_genes", "terms", "performance"))
table = compare_with_truth(truth, tested, StudyFindings(*found), job.section(AuditSettings))
job.write(table, snakemake.output.recovery, RECOVERY)
with atomic_path(snakemake.output.csv) as temporary:
    table.to_csv(temporary, index=False, float_format="%.4g")
