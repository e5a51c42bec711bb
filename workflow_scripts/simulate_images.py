"""Simulate gray-matter maps, one `.nii.gz` a person, and their list."""

from cgni.workflow.job import start

job = start(snakemake)

from pathlib import Path

import numpy as np
import pandas as pd

from cgni.base.files import atomic_path
from cgni.base.seeds import derive_seed
from cgni.simulation import maps, schemas
from cgni.base.programs import aal_paths
from cgni.base.tables import read_table, write_table

seed, cfg = job.cfg["seed"], job.cfg["simulation"]["images"]
rng = np.random.default_rng(derive_seed(seed, "simulation", "images"))
people = read_table(snakemake.input.people)
factors = people.filter(regex="^factor_").to_numpy()
atlas = aal_paths()[0] if job.cfg["inputs"]["atlas"] == "auto" else Path(job.cfg["inputs"]["atlas"])
anatomy = maps.build_anatomy(cfg["voxel_mm"], atlas)
planted = maps.choose_regions(anatomy, factors.shape[1], cfg["regions_per_factor"], cfg["min_region_voxels"], rng)
multipliers = maps.region_multipliers(
    anatomy, planted, factors, people, cfg["loading"], job.cfg["simulation"]["effect_scale"], cfg["region_variation"],
    cfg["age_loss"], cfg["sex_effect"], cfg["ancestry_effect"], rng,
)  # fmt: skip
with_image = np.flatnonzero(rng.random(len(people)) >= cfg["without_image"])
outliers = rng.choice(with_image, cfg["outliers"], replace=False)
spoilt = {row: "noisy" if number % 2 else "shifted" for number, row in enumerate(outliers)}
site_gain = {site: 1 + cfg["site_gain"] * rng.standard_normal() for site in sorted(people["site"].unique())}

folder = Path(snakemake.output.images)
folder.mkdir(parents=True)
rows = []
for row in with_image:
    person = people.iloc[row]
    own = np.random.default_rng(derive_seed(seed, "simulation", "map", int(row)))
    density = maps.draw_map(
        anatomy, multipliers[row], person["head_size"], site_gain[person["site"]], cfg["noise"], own
    )
    if row in spoilt:
        density = maps.spoil_map(density, spoilt[row], own)
    name = f"{person['participant_id']}_smwc1.nii.gz"
    maps.write_map(density, anatomy.affine, folder / name)
    rows.append((person["participant_id"], f"{folder.name}/{name}"))
with atomic_path(snakemake.output.table) as temporary:
    pd.DataFrame(rows, columns=["participant_id", "path"]).to_csv(temporary, index=False)
defects = pd.DataFrame([(people["participant_id"].iat[r], kind) for r, kind in sorted(spoilt.items())])
defects.columns = ["participant_id", "defect"]
write_table(defects, snakemake.output.defects, schemas.IMAGES, job.provenance())
write_table(planted, snakemake.output.regions, schemas.REGIONS, job.provenance())
