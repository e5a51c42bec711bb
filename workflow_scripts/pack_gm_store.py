"""Gray-matter images of the participants -> one packed, memory-mapped store on one grid."""

import logging

from cgni.workflow.job import start

job = start(snakemake)

import pandas as pd

from cgni.base.files import digest_value, write_json
from cgni.imaging.grids import choose_grid
from cgni.imaging.packing import pack_maps
from cgni.imaging.paths import list_images
from cgni.imaging.schemas import INDEX
from cgni.base.tables import read_table, write_table

listed = list_images(job.cfg["inputs"]["images"])
participants = read_table(snakemake.input.participants, ["participant_id"])
images = listed[listed["participant_id"].isin(participants["participant_id"])].reset_index(drop=True)

paths, cfg = images["path"].tolist(), job.cfg["imaging"]["store"]
grid = choose_grid(paths, cfg["grid"], snakemake.threads)
logging.info("packing %d of %d listed images on %s voxels", len(images), len(listed), grid.shape)
packed = pack_maps(
    paths, grid, snakemake.output.maps, cfg["dtype"], snakemake.params.resume, job.code, snakemake.threads
)
logging.info("%d images were resampled", packed.resampled.sum())

index = pd.DataFrame({"row": range(len(images)), "participant_id": images["participant_id"]})
index = index.assign(scale=packed.scale, crc32=packed.crc32, resampled=packed.resampled)
write_table(index, snakemake.output.index, INDEX, job.provenance())
counts = {"listed": len(listed), "packed": len(images), "resampled": int(packed.resampled.sum())}
write_json({**grid.as_json(), "images": counts}, snakemake.output.grid)
write_json(
    {"crc32": digest_value(packed.crc32.tolist()), "ids": digest_value(images["participant_id"].tolist())},
    snakemake.output.checksum,
)
