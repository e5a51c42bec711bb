"""Gray-matter images of the participants -> one packed, memory-mapped store on one grid."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.imaging.schemas import INDEX
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.study_store import pack_study
from cgni.imaging.t1.listing import study_maps

outputs, imaging = snakemake.output, job.section(ImagingSettings)
made = None if imaging.source == "maps" else read_table(snakemake.input.images)
people = read_table(snakemake.input.participants, ["participant_id"])["participant_id"]
store = pack_study(
    study_maps(job.value("inputs.images"), job.value("cohort.image_instances"), imaging, made),
    people,
    imaging.store,
    outputs.maps,
    snakemake.params.resume,
    job.code,
    snakemake.threads,
)
job.write(store.index, outputs.index, INDEX)
write_json(store.grid, outputs.grid)
write_json(store.checksum, outputs.checksum)
