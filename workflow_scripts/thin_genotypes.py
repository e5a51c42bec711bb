"""One chromosome's common SNPs in approximate linkage equilibrium, of the people with an image."""

from cgni.workflow.job import start

job = start(snakemake)

from cgni.base.files import copy_file
from cgni.genetics.plink import open_plink
from cgni.genetics.settings import ThinSettings
from cgni.genetics.sources import GenotypeFiles
from cgni.genetics.thinning import thin_chromosome
from cgni.imaging.settings import ImagingSettings
from cgni.imaging.t1.listing import study_images

inputs, output = snakemake.input, snakemake.output
files = GenotypeFiles.of(
    snakemake.wildcards.chrom, inputs.genotypes, inputs.people, variants=inputs.variants, mfi=inputs.mfi
)
listed = study_images(job.value("inputs.images"), job.value("cohort.image_instances"), job.section(ImagingSettings))
imaged = listed["participant_id"]
with open_plink(output.bed, "thin", snakemake.threads, snakemake.resources.mem_mb) as plink:
    prefix = thin_chromosome(plink, files, imaged, job.section(ThinSettings))
    for kind in ("bed", "bim", "fam"):
        copy_file(f"{prefix}.{kind}", output[kind])
