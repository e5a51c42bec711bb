"""Gray-matter images of the participants -> one packed, memory-mapped store on one grid."""

import logging
from pathlib import Path

from workflow_scripts.cgni.job import Job

job = Job.start(snakemake.rule, snakemake.log[0], snakemake.params.cfg, snakemake.params.code, snakemake.input.items())

import pandas as pd

from workflow_scripts.cgni.files import digest_value, write_json
from workflow_scripts.cgni.imaging.packing import common_grid, pack_maps
from workflow_scripts.cgni.imaging.paths import list_images
from workflow_scripts.cgni.imaging.schemas import INDEX
from workflow_scripts.cgni.tables import read_table, write_table

listed = list_images(job.cfg["inputs"]["images"])
participants = read_table(snakemake.input.participants, ["participant_id"])
images = listed[listed["participant_id"].isin(participants["participant_id"])].reset_index(drop=True)

grid = common_grid(images["path"].tolist())
logging.info("packing %d of %d listed images on %s voxels", len(images), len(listed), grid.shape)
checksum, resampled = pack_maps(
    images["path"].tolist(), grid, snakemake.output.maps, job.cfg["imaging"]["store"]["dtype"]
)
logging.info("%d images were resampled", resampled)

index = pd.DataFrame({"row": range(len(images)), "participant_id": images["participant_id"]})
write_table(index, snakemake.output.index, INDEX, job.provenance())
counts = {"listed": len(listed), "packed": len(images), "resampled": resampled}
write_json({**grid.as_json(), "images": counts}, snakemake.output.grid)
write_json(
    {Path(snakemake.output.maps).name: checksum, "ids": digest_value(images["participant_id"].tolist())},
    snakemake.output.checksum,
)
