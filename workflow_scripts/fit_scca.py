"""Sparse CCA of the chosen and of label-free encoders' embeddings: weights, variates, one p a component."""

from cgni.workflow.job import start

job = start(snakemake)


from cgni.base.files import read_json
from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.cohort.settings import ConfoundSettings, PeopleSettings
from cgni.scca import schemas
from cgni.scca.fold import read_folds
from cgni.scca.inference import PairingTest
from cgni.scca.settings import SccaSettings
from cgni.scca.tables import scca_tables

inputs, outputs, settings = snakemake.input, snakemake.output, job.section(SccaSettings)
interpreted = read_json(inputs.selection, "interpreted")["interpreted"]
embeddings = dict(zip(job.value("encoders"), inputs.embeddings, strict=True))[interpreted]
participants, splits, people = read_table(inputs.participants), read_table(inputs.splits), job.section(PeopleSettings)
chosen, label_free = (
    read_folds(read_table(path), participants, splits, people) for path in (embeddings, inputs.label_free)
)
test = PairingTest(participants, job.section(ConfoundSettings).components, settings.permutations)

found = scca_tables(chosen, label_free, test, settings, derive_seed(job.seed, "scca"))
for name in ("grid", "weights", "variates", "correlations", "components"):
    job.write(getattr(found, name), outputs[name], getattr(schemas, name.upper()))
