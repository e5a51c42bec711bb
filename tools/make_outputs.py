"""Write docs/outputs.md: every output of every rule, with the columns that its schema declares.

python -m tools.make_outputs
"""

import re
import sys
from pathlib import Path

import pyarrow as pa

from cgni.application import schemas as application
from cgni.audit.schemas import (
    BRAIN_AGE,
    CONFOUND_SHARES,
    CONFOUNDS,
    LINEAGE_SUMMARY,
    RECOVERY,
    SHUFFLE_SUMMARY,
    SHUFFLES,
)
from cgni.classification import schemas as classification
from cgni.cohort.schemas import ATTRITION, participants_schema, splits_schema
from cgni.contributions import schemas_claims as claims
from cgni.contributions.schemas import CALIBRATION, COMPONENT_TESTS, CONTRIBUTIONS, NULL_CORRELATIONS, NULL_SHARES
from cgni.enrichment.schemas import TERMS
from cgni.fold_data.schemas import numbered_schema
from cgni.genetics import schemas as genetics
from cgni.imaging import schemas as imaging
from cgni.networks.schemas import CURVE, FOLD_CURVE, FOLD_LINEAGE, LINEAGE, METRICS
from cgni.occlusion.schemas import OCCLUSION
from cgni.scca import schemas as scca
from cgni.simulation import schemas as simulation
from cgni.transfer.schemas import TRANSFER_FITS, features_schema
from tools.study_rules import StudyRule, study_rules

ROOT = Path(__file__).resolve().parents[1]

# path below the results folder, as in the rules, to its schema, or to what it holds
CONTENTS: dict[str, pa.Schema | str] = {
    "config.effective.yaml": "the config in force, `auto` resolved",
    "simulation/truth/variants.parquet": simulation.VARIANTS,
    "simulation/truth/people.parquet": simulation.people_schema(2),
    "simulation/truth/betas.parquet": simulation.BETAS,
    "simulation/truth/regions.parquet": simulation.REGIONS,
    "simulation/truth/images.parquet": simulation.IMAGES,
    "simulation/truth/region_effects.parquet": simulation.REGION_EFFECTS,
    "simulation/truth/polygenic_wm.parquet": simulation.POLYGENIC,
    "simulation/truth/polygenic_regions.parquet": simulation.POLYGENIC,
    "simulation/truth/genotypes.npz": "everybody's true genotypes, pedigree and components",
    "simulation/": "what a lab has on disk (`inputs` in the config)",
    "cohort/participants.parquet": participants_schema(2),
    "cohort/participants_without_pcs.parquet": "with `cohort.pcs: computed`: participants before their components",
    "cohort/participants_without_volumes.parquet": "unless `imaging.source: maps`: participants before the "
    "head sizes that their images show",
    "cohort/splits.parquet": splits_schema(2),
    "cohort/kinship.dat": "without a kinship file: relatives in UK Biobank's layout",
    "genetics/chrom{chrom}/thin.": "SNPs for kinship and components, when they are computed",
    "/attrition.parquet": ATTRITION,
    "genetics/selection_attrition.parquet": ATTRITION,
    "genetics/candidates.parquet": genetics.CANDIDATE_VARIANTS,
    "genetics/chrom{chrom}/qc.parquet": genetics.QC,
    "genetics/chrom{chrom}/genotypes.parquet": "ALT counts of the kept variants, one row a variant: column hard_calls "
    "or dosages",
    "genetics/variants.parquet": genetics.VARIANTS,
    "genetics/ld_blocks.parquet": genetics.LD_BLOCKS,
    "genetics/snp_genes.parquet": genetics.SNP_GENES,
    "genetics/genotypes.parquet": "participant_id, then a nullable column a kept variant (int8; float32 where the "
    "files hold dosages): copies of the counted allele",
    "genetics/fold{fold}/fill.parquet": genetics.FILL,
    "imaging/t1/": imaging.T1_QUALITY,
    "imaging/t1/attrition.parquet": ATTRITION,
    "imaging/table/features.parquet": imaging.feature_table_schema(2),
    "imaging/table/columns.parquet": imaging.FEATURE_COLUMNS,
    "imaging/table/fold{fold}/features.parquet": features_schema(2),
    "imaging/store/maps.npy": "all maps `[x, y, z, row]`, float16, uint8 or float32, in Fortran order; values are "
    "stored numbers times `scale`; read through `imaging.store.GmStore`",
    "imaging/store/index.parquet": imaging.INDEX,
    "imaging/store/grid.json": "shape, affine, voxel_mm, images (listed, packed, resampled)",
    "imaging/store/checksum.json": "digests of maps and ids",
    "imaging/qc.parquet": imaging.QC,
    "imaging/qc_relations.parquet": imaging.QC_RELATIONS,
    "imaging/reference.npy": "mean map of the reference people",
    "imaging/mask.npy": "gray-matter mask (bool)",
    "pretraining/fold{fold}/brain_age.ckpt": "checkpoint: state, architecture, scaling, lineage, config, age",
    "transfer/fold{fold}/outcome.ckpt": "checkpoint; the head is linear on h_v (logits of low and high)",
    "{fold}/curve.parquet": CURVE,
    "{fold}/metrics.parquet": METRICS,
    "transfer/fold{fold}/fits.parquet": TRANSFER_FITS,
    "transfer/fold{fold}/features.parquet": features_schema(2),
    "contrastive/{encoders}/encoders.ckpt": "checkpoint of all folds' encoders (`contrastive.encoders.load_encoders`)",
    "contrastive/{encoders}/embeddings.parquet": numbered_schema(
        ["imaging_0", "imaging_1", "genetics_0", "genetics_1"]
    ),
    "/curve.parquet": FOLD_CURVE,
    "classification/{model}/model.ckpt": "checkpoint of all folds' classifiers (`classification.fitters.registry`)",
    "/predictions.parquet": classification.PREDICTIONS,
    "classification/{model}/hidden.parquet": numbered_schema(["hidden_0", "hidden_1"]),
    "classification/search/{model}/{candidate}/settings.json": "what the candidate changes in the config",
    "classification/search/{model}/selection.json": "the winner by validation",
    "classification/search/{model}/scores.parquet": classification.SEARCH_SCORES,
    "classification/selection.json": "proposed, interpreted (names of encoders), validation scores",
    "classification/holdout.parquet": classification.HOLDOUT,
    "classification/performance.parquet": classification.PERFORMANCE,
    "classification/comparisons.parquet": classification.COMPARISONS,
    "classification/increments.parquet": classification.INCREMENTS,
    "classification/strata.parquet": classification.STRATA,
    "classification/calibration.parquet": classification.CALIBRATION,
    "classification/reliability.parquet": classification.RELIABILITY,
    "application/claims.parquet": application.CLAIMS,
    "application/study.cgni": "the bundle: a zip of JSON, Parquet, NumPy arrays and checkpoints (docs/methods)",
    "application/participants.parquet": participants_schema(2),
    "application/variants.parquet": application.MATCHED_VARIANTS,
    "application/genotypes.parquet": "participant_id, then a nullable column a SNP of the bundle: copies of its "
    "counted allele",
    "application/store/maps.npy": "as `imaging/store/maps.npy`, on the bundle's grid",
    "application/store/index.parquet": imaging.INDEX,
    "application/store/grid.json": "as `imaging/store/grid.json`",
    "application/likeness.parquet": application.MAP_LIKENESS,
    "application/features.parquet": numbered_schema(["h_0", "h_1"]),
    "application/brain_age.parquet": application.APPLIED_AGES,
    "application/drift.parquet": application.DRIFT,
    "application/predictions.parquet": application.APPLIED_PREDICTIONS,
    "application/embeddings.parquet": numbered_schema(["imaging_0", "imaging_1", "genetics_0", "genetics_1"]),
    "application/variates.parquet": application.APPLIED_VARIATES,
    "application/scores.parquet": application.APPLIED_SCORES,
    "application/reliability.parquet": application.APPLIED_RELIABILITY,
    "application/components.parquet": application.APPLIED_COMPONENTS,
    "application/replication.parquet": application.REPLICATION,
    "application/report.html": "drift, scores, components and brain age on one page",
    "audit/shuffles.parquet": SHUFFLES,
    "audit/shuffle_summary.parquet": SHUFFLE_SUMMARY,
    "scca/weights.parquet": scca.WEIGHTS,
    "scca/variates.parquet": scca.VARIATES,
    "scca/correlations.parquet": scca.CORRELATIONS,
    "scca/grid.parquet": scca.GRID,
    "scca/components.parquet": scca.COMPONENTS,
    "occlusion/fold{fold}/region_features.npz": "`occlusion.occluded.RegionFeatures`",
    "occlusion/fold{fold}/table_columns.npz": "`occlusion.occluded.TableColumns`",
    "occlusion/atlases/{atlas}/fold{fold}/region_features.npz": "of a further atlas: `RegionFeatures` too",
    "occlusion/atlases/{atlas}/imaging.parquet": OCCLUSION,
    "occlusion/imaging.parquet": OCCLUSION,
    "occlusion/genetics.parquet": OCCLUSION,
    "contributions/null/shares{batch}.parquet": NULL_SHARES,
    "contributions/null/correlations{batch}.parquet": NULL_CORRELATIONS,
    "contributions/null/components{batch}.parquet": NULL_CORRELATIONS,
    "contributions/null/readers{batch}.ckpt": "checkpoint of the replicates: by fold the imaging encoder and "
    "the canonical weights of its nodes (`contributions.null_readers`)",
    "contributions/atlases/{atlas}/null_shares.parquet": NULL_SHARES,
    "contributions/atlases/{atlas}/contributions.parquet": CONTRIBUTIONS,
    "contributions/atlases/{atlas}/directions.parquet": claims.DIRECTIONS,
    "contributions/components.parquet": COMPONENT_TESTS,
    "contributions/contributions.parquet": CONTRIBUTIONS,
    "contributions/calibration.parquet": CALIBRATION,
    "contributions/directions.parquet": claims.DIRECTIONS,
    "contributions/blocks.parquet": claims.BLOCKS,
    "contributions/credible.parquet": claims.CREDIBLE,
    "contributions/published.parquet": claims.PUBLISHED,
    "enrichment/terms.parquet": TERMS,
    "enrichment/sets/{sets}/terms.parquet": TERMS,
    "enrichment/sets/{sets}/request.json": "what was asked of a further file of gene sets",
    "enrichment/request.json": "what was asked, with versions and dates",
    "audit/lineage/pretrain_brain_age_fold{fold}.parquet": LINEAGE,
    "audit/lineage/finetune_outcome_fold{fold}.parquet": LINEAGE,
    "audit/lineage/": FOLD_LINEAGE,
    "audit/lineage.parquet": LINEAGE_SUMMARY,
    "audit/inputs.txt": "what was found in each input of a real study, a line each (`snakemake check`)",
    "audit/confounds.parquet": CONFOUNDS,
    "audit/confound_shares.parquet": CONFOUND_SHARES,
    "audit/brain_age.parquet": BRAIN_AGE,
    "audit/brain_age_ridge.parquet": BRAIN_AGE,
    "audit/recovery.": RECOVERY,
    "figures/": "SVG, PNG and PDF; `regions.html`: the called regions in a viewer",
    "tables/": "Parquet, CSV and LaTeX",
    "report.html": "one self-contained page",
}


# under another config than the one whose rules the page lists
_OTHER_WRITERS = {"cohort/participants.parquet": ("build_participants",)}


def contents(path: str) -> pa.Schema | str:
    """Schema of an output, or what it holds in words; KeyError when nothing says so.

    The longest entry of CONTENTS that the path equals, begins with or holds.
    """
    fitting = [name for name in CONTENTS if path == name or path.startswith(name) or name in f"/{path}"]
    if not fitting:
        raise KeyError(f"{path}: tools/make_outputs.py does not say what it holds")
    return CONTENTS[max(fitting, key=lambda name: (path == name, path.startswith(name), len(name)))]


def page() -> str:
    """The text of docs/outputs.md."""
    parts = [_HEAD]
    for stage, rules in _by_stage(study_rules()).items():
        parts.append(f"\n## {stage}\n\n| output | rule | columns or contents |\n|---|---|---|")
        parts += _rows(rules)
    return "\n".join(parts) + "\n" + _TAIL


def _by_stage(rules: list[StudyRule]) -> dict[str, list[StudyRule]]:
    stages: dict[str, list[StudyRule]] = {}
    for rule in rules:
        if rule.outputs:
            stages.setdefault(rule.stage, []).append(rule)
    return stages


def _rows(rules: list[StudyRule]) -> list[str]:
    """One row an output, with all rules that write it."""
    writers: dict[str, list[str]] = {}
    found: dict[str, pa.Schema | str] = {}
    for rule in rules:
        for path in rule.outputs:
            place = _place(path)
            found.setdefault(place, contents(path))
            names = writers.setdefault(place, [])
            names += [name for name in (*_OTHER_WRITERS.get(path, ()), rule.name) if name not in names]
    return [
        f"| `{place}` | {', '.join(f'`{name}`' for name in writers[place])} | {_described(what)} |"
        for place, what in found.items()
    ]


def _place(path: str) -> str:
    """The output as the page names it: figures, tables and a lab's files by their folders."""
    if path.startswith("simulation/") and "truth" not in path:
        return "simulation/"
    return re.sub(r"^(figures|tables)/.*", r"\1/", path)


def _described(what: pa.Schema | str) -> str:
    if isinstance(what, str):
        return what
    return ", ".join(f"{field.name} ({field.type}{', may be null' if field.nullable else ''})" for field in what)


_HEAD = """\
# Outputs

Made by `make settings` from the rules and the schemas; do not edit. Everything is below `results_dir`. Start with
`report.html`; its tables and figures also lie in `tables/` and `figures/`. Names in braces are wildcards; of numbered
columns and folds the first two are named.

Every Parquet file carries, in its metadata, the rule and job, the part of the config, the seed, the digests of the
code, of the environment's lock and of the inputs that made it:

```python
from cgni.base.tables import read_provenance

read_provenance("results/cohort/splits.parquet")
```

Logs are in `logs/<rule>/`, with host and device of each job beside them (`.json`), run times and peak memory in
`benchmarks/<rule>/`; the report's last section shows all of it. The same config, code, environment and seed give the
same bytes on the same machine, on a cluster too: host and time are kept out of the tables.
"""
_TAIL = """
The attrition table (`tables/attrition.csv`) counts every exclusion of participants, images and variants. Participant
ids stand in the working tables only, never in logs, errors, figures or the report.
"""


if __name__ == "__main__":
    (ROOT / "docs/outputs.md").write_text(page())
    sys.exit(0)
