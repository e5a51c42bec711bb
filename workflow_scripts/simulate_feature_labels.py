"""Labels and unit of the volumes that a simulated lab has in the place of images."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import atomic_path
from cgni.imaging.atlas_names import read_names
from cgni.simulation.volumes import volume_labels

labels = volume_labels(read_names(snakemake.input.atlas_labels))
with atomic_path(snakemake.output.labels) as temporary:
    labels.to_csv(temporary, index=False)
