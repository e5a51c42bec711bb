"""What the scripts `occlude_regions` and `occlude_atlas` do, each on its atlas."""

from pathlib import Path
from typing import Any

from cgni.base.seeds import derive_seed
from cgni.base.tables import read_table
from cgni.imaging.atlas import read_atlas
from cgni.imaging.store import GmStore
from cgni.networks.device import choose_device, prepare_torch
from cgni.occlusion.people import occluded_people, people_with_both
from cgni.occlusion.region_features import fold_features
from cgni.occlusion.settings import OcclusionSettings
from cgni.pretraining.checkpoint import load_cnn
from cgni.workflow.job import Job


def occlude_maps(job: Job, snakemake: Any) -> None:
    """Write the features of a fold's network for its occluded people's maps without each region of an atlas.

    The people are the same on every atlas, so that all are of the same evidence.

    Parameters
    ----------
    snakemake
        Of a rule with the wildcard fold and the inputs atlas, atlas_labels, network, features, genotypes, splits, maps.
    """
    prepare_torch(0, snakemake.threads)  # nothing of torch is drawn at random here
    fold, inputs, settings = int(snakemake.wildcards.fold), snakemake.input, job.section(OcclusionSettings)
    both = people_with_both(read_table(inputs.features), read_table(inputs.genotypes))
    seed = derive_seed(job.seed, "occlusion", fold)
    people = occluded_people(read_table(inputs.splits), fold, both, settings, seed)
    store = GmStore.open(Path(inputs.maps).parent)
    atlas = read_atlas(inputs.atlas, inputs.atlas_labels, store.grid, store.affine)
    device = choose_device(snakemake.params.execution["execution"]["device"], "float32")
    network = load_cnn(inputs.network).to(device.torch)
    fold_features(network, store, atlas, people, settings.baseline).save(snakemake.output.features)
