"""T1 images or UK Biobank's archives of a batch of people -> gray-matter maps, and a row of quality each."""

from cgni.workflow.job import start

job = start(snakemake)

import logging
from pathlib import Path

from cgni.base.tables import read_table
from cgni.imaging.schemas import T1_QUALITY
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.listing import study_images
from cgni.imaging.t1.making import batch_of, make_maps

params, imaging = snakemake.params, job.section(ImagingSettings)
people = read_table(snakemake.input.participants, ["participant_id"])["participant_id"]
listed = study_images(job.value("inputs.images"), job.value("cohort.image_instances"), imaging)
batch = batch_of(listed, people, int(snakemake.wildcards.batch), imaging.t1.batch)
table, told = make_maps(batch, imaging, Path(params.folder), params.maps_code, Path(params.scratch))
for what, value in told.items():
    logging.info("%s: %s", what, value)
job.write(table, snakemake.output.quality, T1_QUALITY)
