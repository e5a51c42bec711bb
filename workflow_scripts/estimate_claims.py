"""What the study claims, with its estimates in holdout people, for another cohort to compare with."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.application.claim_estimates import study_claims
from cgni.application.claims import StudyCalls
from cgni.application.schemas import CLAIMS
from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings
from cgni.imaging.region_values import region_values

inputs, names = snakemake.input, ("contributions", "components", "blocks", "terms", "snp_genes")
tables = {name: read_table(inputs[name]) for name in (*names, "variates", "participants", "genotypes")}
calls = StudyCalls(**{name: tables[name] for name in names})
regions = region_values(dict(inputs.items()), tables["variates"]["participant_id"].drop_duplicates().sort_values())
proposed = job.value("proposed")[read_json(inputs.selection, "proposed")["proposed"]]
scores = read_table(inputs.performance), read_table(inputs.holdout, ["model", "participant_id"])
found = study_claims(calls, tables, regions, (proposed, *scores), job.section(ConfoundSettings).components)
job.write(found, snakemake.output.claims, CLAIMS)
