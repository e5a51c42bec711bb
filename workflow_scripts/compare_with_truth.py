"""What the oracle and the pipeline found of what was planted (simulated study only)."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.audit.comparison import CohortTables, DevelopmentData, StudyFindings, Truth, compare_with_truth
from cgni.audit.schemas import RECOVERY
from cgni.audit.settings import AuditSettings
from cgni.base.files import atomic_path
from cgni.base.tables import read_table
from cgni.imaging.atlas import read_atlas
from cgni.imaging.store import GmStore
from cgni.simulation.settings import SimulatedGenotypesSettings

inputs, terms = snakemake.input, job.section(SimulatedGenotypesSettings).go_terms
store = GmStore.open(Path(inputs.maps).parent)
atlas = read_atlas(inputs.atlas, inputs.atlas_labels, store.grid, store.affine)
truth = Truth.of(read_table(inputs.variants), read_table(inputs.regions), atlas, terms)
cohort = CohortTables(*map(read_table, (inputs.splits, inputs.qc, inputs.genotypes, inputs.participants)))
found = map(read_table, (inputs.contributions, inputs.blocks, inputs.snp_genes, inputs.terms, inputs.performance))
tested = DevelopmentData.of(cohort, store, atlas)
table = compare_with_truth(truth, tested, StudyFindings(*found), job.section(AuditSettings))
job.write(table, snakemake.output.recovery, RECOVERY)
with atomic_path(snakemake.output.csv) as temporary:
    table.to_csv(temporary, index=False, float_format="%.4g")
