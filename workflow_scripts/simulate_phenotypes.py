"""Simulate factors, confounds and WM scores; write the main table, relatedness and withdrawals."""

from cgni.workflow.job import start

job = start(snakemake)

import numpy as np
import pandas as pd

from cgni.base.files import write_text
from cgni.base.seeds import derive_seed
from cgni.simulation import schemas, traits, ukb_tables
from cgni.simulation.people import Pedigree
from cgni.base.tables import read_table, write_table

cfg = job.cfg["simulation"]["traits"]
rng = np.random.default_rng(derive_seed(job.cfg["seed"], "simulation", "phenotypes"))
drawn = np.load(snakemake.input.genotypes)
variants = read_table(snakemake.input.truth)
pedigree = Pedigree(drawn["population"], drawn["parents"])
causal = np.flatnonzero(variants["factor"] >= 0)
factor_of = variants["factor"].to_numpy()[causal]
factors, betas = traits.factor_values(drawn["genotypes"][:, causal], factor_of, cfg["snp_share"], rng)
confounds = traits.draw_confounds(pedigree.population, rng).assign(sex=drawn["sex"])
scores = traits.wm_scores(
    factors, confounds, job.cfg["simulation"]["effect_scale"], job.cfg["simulation"]["confound_scale"],
    cfg["factor_share"], cfg["age_gap"], cfg["sex_effect"], cfg["site_effect"], cfg["head_size_effect"],
    cfg["ancestry_effect"], cfg["low_share"], cfg["high_share"], rng,
)  # fmt: skip

ids, pairs = drawn["ids"], pedigree.related_pairs()
related = np.zeros(len(ids), bool)
related[[child for _, child in pairs]] = True
ukb_tables.write_main_table(
    ukb_tables.main_table(ids, confounds, scores, drawn["pcs"], related, rng), snakemake.output.phenotypes
)
ukb_tables.write_relatedness(ids, pairs, snakemake.output.relatedness, rng)
write_text("".join(f"{i}\n" for i in np.r_[drawn["withdrawn"], rng.choice(ids, 2)]), snakemake.output.withdrawals)

people = confounds.assign(participant_id=ids.astype(str), wm_score=scores)
people = pd.concat([people, pd.DataFrame(factors, columns=[f"factor_{n}" for n in range(factors.shape[1])])], axis=1)
write_table(people, snakemake.output.people, schemas.people_schema(factors.shape[1]), job.provenance())
effects = pd.DataFrame({"variant_id": variants["variant_id"].to_numpy()[causal], "factor": factor_of, "beta": betas})
write_table(effects.assign(variance_share=betas**2), snakemake.output.betas, schemas.BETAS, job.provenance())
