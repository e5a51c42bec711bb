"""Maps of another cohort on a bundle's grid, and how like its reference each is."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.application.archive import Archive
from cgni.application.maps import map_likeness, pack_on_grid, refuse_unlike
from cgni.application.schemas import MAP_LIKENESS
from cgni.base.files import write_json
from cgni.base.tables import read_table
from cgni.imaging.schemas import INDEX
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.store import GmStore
from cgni.imaging.t1.listing import study_maps

outputs, imaging, bundle = snakemake.output, job.section(ImagingSettings), Archive.read(snakemake.input.bundle)
made = None if imaging.source == "maps" else read_table(snakemake.input.images)
people = read_table(snakemake.input.participants, ["participant_id"])["participant_id"]
listed = study_maps(job.value("inputs.images"), job.value("cohort.image_instances"), imaging, made)
own = listed[listed["participant_id"].isin(people)].reset_index(drop=True)
store = pack_on_grid(bundle, own, outputs.maps, snakemake.params.resume, job.code, snakemake.threads)
job.write(store.index, outputs.index, INDEX)
write_json(store.grid, outputs.grid)
likeness = map_likeness(GmStore.open(Path(outputs.maps).parent), bundle)
refuse_unlike(likeness, job.value("application.least_likeness"))
job.write(likeness, outputs.likeness, MAP_LIKENESS)
