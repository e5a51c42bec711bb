"""Whose features of a table are occluded one by one in a fold."""

from cgni.workflow.job import start

job = start(snakemake)

import numpy as np

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.occlusion.occluded import TableColumns
from cgni.occlusion.people import occluded_people, people_with_both
from cgni.occlusion.settings import OcclusionSettings

fold, inputs, settings = int(snakemake.wildcards.fold), snakemake.input, job.section(OcclusionSettings)
both = people_with_both(read_table(inputs.features, ["participant_id"]), read_table(inputs.genotypes))
seed = derive_seed(job.seed, "occlusion", fold)
people = occluded_people(read_table(inputs.splits), fold, both, settings, seed)
names = read_table(inputs.columns, ["name"])["name"]
TableColumns(np.array(people.ids, str), np.array(names, str)).save(snakemake.output.features)
