"""Gray-matter images of the participants -> one packed, memory-mapped store on one grid."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.imaging.paths import list_images
from cgni.imaging.schemas import INDEX
from cgni.imaging.settings import StoreSettings
from cgni.imaging.study_store import pack_study

outputs = snakemake.output
people = read_table(snakemake.input.participants, ["participant_id"])["participant_id"]
store = pack_study(
    list_images(job.value("inputs.images"), job.value("cohort.image_instances")),
    people,
    job.section(StoreSettings),
    outputs.maps,
    snakemake.params.resume,
    job.code,
    snakemake.threads,
)
job.write(store.index, outputs.index, INDEX)
write_json(store.grid, outputs.grid)
write_json(store.checksum, outputs.checksum)
