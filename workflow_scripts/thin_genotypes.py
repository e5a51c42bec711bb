"""One chromosome's common SNPs in approximate linkage equilibrium, of the people with an image."""

import logging
import shutil
from pathlib import Path

from cgni.workflow.job import start

job = start(snakemake)

from cgni.cohort.samples import read_people
from cgni.base.files import atomic_path
from cgni.genetics.plink import Plink, scratch_folder
from cgni.genetics.relatives import thin_variants, write_empty_bed
from cgni.genetics.sources import GenotypeFiles, check_people
from cgni.imaging.paths import list_images
from cgni.base.programs import plink2_path

inputs, output = snakemake.input, snakemake.output
variants, mfi = (Path(path) if path else None for path in (inputs.variants, inputs.mfi))
files = GenotypeFiles(snakemake.wildcards.chrom, Path(inputs.genotypes), Path(inputs.people), variants, mfi)
ids = read_people(files.people)["participant_id"]
check_people(files, len(ids))
imaged = ids.isin(list_images(job.cfg["inputs"]["images"])["participant_id"]).to_numpy()

with scratch_folder(Path(output.bed).parent, "thin") as scratch:
    plink = Plink(plink2_path(), scratch, snakemake.threads, snakemake.resources.mem_mb - 500)
    prefix = thin_variants(plink, files, imaged, job.cfg["genetics"]["thin"])
    prefix = prefix or write_empty_bed(scratch / "thin", imaged)
    for kind in ("bed", "bim", "fam"):
        with atomic_path(output[kind]) as target:
            shutil.copyfile(f"{prefix}.{kind}", target)
logging.info("%d SNPs of %d people", len(Path(output.bim).read_text().splitlines()), imaged.sum())
