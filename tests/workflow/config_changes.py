"""Another valid value for every config key, by the schema or by hand."""

from typing import Any

from cgni.workflow.schema import json_schema

SCHEMA = json_schema()
# Keys whose values must fit other keys, or that the schema alone does not bound.
BY_HAND: dict[str, Any] = {
    "outcome.low": [2, 4],
    "outcome.high": [9, 11],
    "outcome.label": "fluid intelligence",
    "outcome.measure": "fluid intelligence score",
    "outcome.unit": "points",
    "outcome.group_names": ["worse", "better"],
    "outcome.invalid": [-1],
    "outcome.followup": [3],
    "outcome.norms.sd": 1.3,
    "outcome.norms.reliability": 0.6,
    "simulation.traits.points": [0, 13],
    "simulation.genotypes.go_terms": ["GO:0097242", "GO:0048156"],
    "enrichment.sources": ["GO:BP"],
    "figures.palette": ["#000000", "#c8553d", "#6a994e", "#8e7cc3", "#e0a030", "#5f6b7a"],
    "transfer.transfer_blocks": 2,
    "outcome.visit": "best",
    "scca.components": [1],
    "transfer.candidates": [{"learning_rate": 0.01}],
    "transfer.dropout": 0.3,
    "confounds.remove": "pcs",  # none has fewer models
    "cohort.confounds": [53],
    "cohort.category_confounds": [53],
    "genetics.ld.clump_r2": 0.5,
    "genetics.ld.per_gene": 2,
    "imaging.store.grid": 12,
    "imaging.t1.command": "segment {images}",
    "imaging.t1.outputs": "gray/{name}.nii",
    "imaging.t1.session": "last",
    "imaging.table.id": "eid",
    "imaging.table.features": ["left"],
    "imaging.table.instance": 3,
    "occlusion.max_people": 20,
    "enrichment.service": "https://biit.cs.ut.ee/gprofiler_archive3/e111_eg58_p18",
}
# Keys that change which jobs there are, or where their files lie, or that go with another key; tested one by one.
STRUCTURAL = {
    "protocol",
    "results_dir",
    "application.bundle",
    "inputs.atlas",
    "inputs.atlas_labels",
    "inputs.more_atlases",
    "inputs.feature_labels",
    "inputs.genotypes.build",
    "inputs.genotypes.chromosomes",
    "simulation.enabled",
    "simulation.images.kind",
    "simulation.people.cohort",
    "people.pretrain_on",
    "people.fit_on",
    "cohort.pcs",
    "splits.folds",
    "genetics.eqtl.build",
    "contrastive.subsets",
    "contrastive.linear_subset",
    "classification.models",
    "classification.shared_head",
    "classification.search",
    "classification.finetune_encoder",
    "classification.proposed.features",
    "imaging.source",
    "contributions.null_encoders",
    "contributions.null_components",
    "contributions.null_batch",
    "enrichment.gmt",
    "enrichment.more_sets",
    "enrichment.obo",
    "enrichment.gaf",
}


def schema_of(key: str) -> dict[str, Any]:
    """The schema of a dotted key."""
    part: dict[str, Any] = SCHEMA
    for name in key.split("."):
        part = part["properties"][name]
    return part


def is_settled(key: str) -> bool:
    """Whether the schema knows a single value for it: a decision written down, not a choice."""
    return len(schema_of(key).get("enum", [0, 1])) == 1


def other_value(key: str, value: Any) -> Any:
    """A valid value of `key` that differs from `value` (the one in force)."""
    if key in BY_HAND:
        return BY_HAND[key]
    allowed = [choice for choice in schema_of(key).get("enum", []) if choice not in (value, "auto")]
    if allowed:
        return allowed[0]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return 0.9 * value or 0.01
    if isinstance(value, list):
        return [other_value_of_item(value[0]), *value[1:]]
    raise AssertionError(f"no other value for {key} = {value!r}: add one to BY_HAND")


def other_value_of_item(value: Any) -> Any:
    """Another number for a list's first entry."""
    return value + 1 if isinstance(value, int) else 0.9 * value or 0.005
