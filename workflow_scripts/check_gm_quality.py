"""Correlation of every packed map with the reference map; who passes; the mask and reference used."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.base.files import read_json
from cgni.base.tables import read_table
from cgni.cohort.schemas import ATTRITION
from cgni.imaging.check import check_maps
from cgni.imaging.schemas import QC, QC_RELATIONS
from cgni.imaging.settings import ImageQcSettings
from cgni.imaging.store import GmStore

inputs, outputs = snakemake.input, snakemake.output
checked = check_maps(
    GmStore.open(Path(inputs.maps).parent),
    read_json(inputs.grid),
    read_table(inputs.splits),
    read_table(inputs.participants, ["participant_id", "site", "sex", "head_size", "age"]),
    job.section(ImageQcSettings),
    job.value("people.reference"),
    snakemake.threads,
)
job.write(checked.qc, outputs.qc, QC)
job.write(checked.relations, outputs.relations, QC_RELATIONS)
job.write(checked.attrition, outputs.attrition, ATTRITION)
checked.save_arrays(outputs.reference, outputs.mask)
