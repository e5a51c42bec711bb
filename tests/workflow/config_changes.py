"""Another valid value for every config key, by the schema or by hand."""

from typing import Any

import yaml

from tests.workflow.study import REPOSITORY

SCHEMA = yaml.safe_load((REPOSITORY / "resources/config.schema.yaml").read_text())
# Keys whose values must fit other keys, or that the schema alone does not bound.
BY_HAND: dict[str, Any] = {
    "cohort.wm_low": [2, 4],
    "cohort.wm_high": [9, 11],
    "simulation.genotypes.go_terms": ["GO:0097242", "GO:0048156"],
    "classification.proposed.features": ["zg"],
    "enrichment.sources": ["GO:BP"],
    "figures.palette": ["#000000", "#c8553d", "#6a994e", "#8e7cc3", "#e0a030", "#5f6b7a"],
    "transfer.transfer_blocks": 2,
    "cohort.wm_instance": "best",
    "scca.components": [1],
    "genetics.ld.clump_r2": 0.5,
    "genetics.ld.per_gene": 2,
    "imaging.store.grid": 12,
    "occlusion.max_people": 20,
    "enrichment.service": "https://biit.cs.ut.ee/gprofiler_archive3/e111_eg58_p18",
}
# Keys that change which jobs there are, or where their files lie, or that go with another key; tested one by one.
STRUCTURAL = {
    "inputs.genotypes.build", "genetics.eqtl.build", "cohort.pcs", "contrastive.linear_subset",
    "classification.shared_head", "classification.search", "contributions.null_encoders", "contributions.null_batch",
    "enrichment.gmt", "enrichment.obo", "enrichment.gaf",
    "protocol", "results_dir", "simulation.enabled", "splits.folds", "contrastive.subsets",
    "classification.models", "inputs.genotypes.chromosomes", "people.pretrain_on",
}  # fmt: skip


def schema_of(key: str) -> dict[str, Any]:
    """The schema of a dotted key."""
    part = SCHEMA
    for name in key.split("."):
        part = _resolved(part)["properties"][name]
    return _resolved(part)


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        part = SCHEMA["$defs"][part["$ref"].rsplit("/", 1)[1]]
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


def nested(key: str, value: Any) -> dict[str, Any]:
    """{"a": {"b": value}} for the key `a.b`."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value
