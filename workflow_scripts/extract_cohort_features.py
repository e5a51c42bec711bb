"""What a bundle's imaging networks make of another cohort's maps: features of every fold, and brain age."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

from cgni.application.archive import Archive
from cgni.application.maps import applied_ages, applied_features
from cgni.application.schemas import APPLIED_AGES
from cgni.base.tables import read_table
from cgni.fold_data.schemas import numbered_schema
from cgni.imaging.store import GmStore
from cgni.networks.device import choose_device, prepare_torch
from cgni.networks.settings import ExecutionSettings
from cgni.pretraining.people import passing_people

prepare_torch(seed=0, threads=snakemake.threads)  # nothing is drawn at random here
inputs, execution = snakemake.input, ExecutionSettings.of(snakemake.params.execution["execution"])
device, bundle = choose_device(execution.device, execution.precision), Archive.read(inputs.bundle)
store, ids = GmStore.open(Path(inputs.maps).parent), passing_people(read_table(inputs.likeness)).sort_values()
features = applied_features(bundle, store, ids, device)
ages = read_table(inputs.participants).set_index("participant_id")["age"].reindex(ids)
job.write(features, snakemake.output.features, numbered_schema(features.columns[2:]))
job.write(applied_ages(bundle, store, ages, device), snakemake.output.ages, APPLIED_AGES)
