"""Correlation of every packed map with the reference map; who passes; the mask and reference used."""

import json
import logging
from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

import numpy as np

from cgni.cohort.roles import development_people
from cgni.cohort.schemas import ATTRITION
from cgni.base.files import atomic_path
from cgni.imaging.mask import gray_matter_mask
from cgni.imaging.quality import attrition_rows, quality_table, relations
from cgni.imaging.reference import correlate_with_reference
from cgni.imaging.schemas import QC, QC_RELATIONS
from cgni.imaging.store import GmStore
from cgni.base.tables import read_table, write_table

qc, reference = job.cfg["imaging"]["qc"], job.cfg["people"]["reference"]
store = GmStore.open(Path(snakemake.input.maps).parent)
counts = json.loads(Path(snakemake.input.grid).read_text(encoding="utf-8"))["images"]
mask = gray_matter_mask(store.grid, store.affine, qc["mask_threshold"])
members = np.ones(len(store.ids), dtype=bool)
if reference == "development":
    members = store.ids.isin(development_people(read_table(snakemake.input.splits)))

quality = correlate_with_reference(
    store.maps, mask, members, reference == "development", store.scale, snakemake.threads
)
table = quality_table(store.ids, quality, members, qc["correlation"])
logging.info("%d of %d images pass r > %s", table["passed"].sum(), len(table), qc["correlation"])

provenance = job.provenance()
write_table(table, snakemake.output.qc, QC, provenance)
people = read_table(snakemake.input.participants, ["participant_id", "site", "sex", "head_size", "age"])
write_table(relations(table, people), snakemake.output.relations, QC_RELATIONS, provenance)
write_table(
    attrition_rows(table, counts["listed"], counts["resampled"], qc["correlation"]),
    snakemake.output.attrition,
    ATTRITION,
    provenance,
)
for array, path in ((quality.reference, snakemake.output.reference), (mask, snakemake.output.mask)):
    with atomic_path(path) as temporary:
        np.save(temporary, array)
