"""What `--profile slurm` would submit for every rule; needs no Slurm."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake_executor_plugin_slurm.submit_string import get_submit_command
from snakemake_executor_plugin_slurm.utils import set_gres_string
from snakemake_executor_plugin_slurm.validation import validate_slurm_extra

from tests.workflow.declarations import declared_memory, declared_minutes, declared_threads, gpu_rules, rules
from tests.workflow.study import REPOSITORY, Study, copy_repository

LIGHT = {
    "check_inputs",
    "write_config",
    "select_terms",
    "select_settings",
    "summarise_contributions",
    "summarise_atlas",
    "test_components",
    "audit_lineage",
    "enrich_genes",
    "enrich_more_sets",
    "make_tables",
    "make_atlas_table",
    "view_regions",
    "write_report",
    "write_bundle",
    "write_application_report",
    *(path.stem for path in (REPOSITORY / "workflow_scripts").glob("plot_*.py")),
}

# rules of inputs or switches that the tiny study does without
OPTIONAL = {
    "check_inputs",
    "estimate_kinship",
    "thin_genotypes",
    "compute_components",
    "search_network",
    "search_svm",
    "search_logistic",
    "search_encoder_head",
    "train_encoder_head",
    "select_settings",
    "score_shuffles",
    "make_gm_maps",
    "gather_gm_maps",
    "add_head_sizes",
    "simulate_feature_labels",
    "read_image_features",
    "fill_image_features",
    "choose_occluded_people",
    "regress_brain_age",
    "plot_feature_contributions",
    "plot_map_making",
    "write_bundle",
    "estimate_claims",
    "replicate_claims",
    "list_cohort",
    "match_variants",
    "pack_cohort_maps",
    "extract_cohort_features",
    "apply_models",
    "write_application_report",
    "occlude_atlas",
    "measure_atlas",
    "null_atlas",
    "summarise_atlas",
    "estimate_atlas",
    "make_atlas_table",
    "enrich_more_sets",
}


class _Resources(dict):
    """Resources with attribute access, as the plugin uses them."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class _Job:
    def __init__(self, threads: int, resources: dict[str, Any]) -> None:
        self.threads, self.resources = threads, _Resources(resources)


def _jobs(output: str) -> dict[str, _Job]:
    """Rule to a job with the threads and resources that the dry run printed."""
    jobs: dict[str, _Job] = {}
    for block in re.split(r"\n(?=\[)", output):
        head = re.search(r"^rule (\w+):$", block, flags=re.MULTILINE)
        if head is None:
            continue
        listed = re.search(r"^    resources: (.*)$", block, flags=re.MULTILINE)
        pairs = [pair.split("=", 1) for pair in listed[1].split(", ")] if listed else []
        resources = {key: int(value) if value.isdigit() else value for key, value in pairs if value != "<TBD>"}
        threads = re.search(r"^    threads: (\d+)$", block, flags=re.MULTILINE)
        jobs[head[1]] = _Job(int(threads[1]) if threads else 1, resources)
    return jobs


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, _Job]:
    study = Study(copy_repository(tmp_path_factory.mktemp("requests") / "study"), ("tests/tiny.yaml",))
    run = study.snakemake("-n", "--profile", "slurm", "--cores", "8")
    assert run.returncode == 0, run.stdout
    return _jobs(run.stdout)


def _request(job: _Job) -> dict[str, str]:
    """The sbatch options that the plugin would send, by name."""
    validate_slurm_extra(job)
    account, partition = f"-A '{job.resources.slurm_account}'", f"-p '{job.resources.slurm_partition}'"
    names = {"run_uuid": "run", "slurm_logfile": "log", "comment_str": "rule", "workdir": ""}
    params = {**names, "account": account, "partition": partition}
    words = shlex.split(get_submit_command(job, params) + set_gres_string(job))
    options: dict[str, str] = {}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("-"):
            name, given, value = word.partition("=")
            options[name] = value if given else following
    return options


def test_every_rule_of_the_study_is_planned(planned: dict[str, _Job]) -> None:
    assert set(rules()) - OPTIONAL <= set(planned) - {"all"} <= set(rules())


def test_light_rules_and_targets_stay_local() -> None:
    snakefile = (REPOSITORY / "Snakefile").read_text()
    listed = set(re.findall(r"^    (\w+),$", snakefile.split("localrules:")[1].split("\nrule ")[0], flags=re.MULTILINE))
    for path in (REPOSITORY / "rules").glob("*.smk"):  # those that not every study has
        listed |= set(
            re.findall(r"^    localrules:\n        (\w+),\n\n    rule \1:$", path.read_text(), flags=re.MULTILINE)
        )
    assert listed == LIGHT | set(re.findall(r"^rule (\w+):", snakefile, flags=re.MULTILINE))


def test_requests_follow_the_rules_and_the_profile(planned: dict[str, _Job]) -> None:
    assert gpu_rules(), "no rule declares the slice `execution`"
    for rule in set(planned) - LIGHT - {"all"}:
        request = _request(planned[rule])
        assert request["-p"] == ("gpu" if rule in gpu_rules() else "cpu"), rule
        assert request["-A"] == "research"
        assert request.get("--gpus") == ("1" if rule in gpu_rules() else None), rule
        numbers = {
            "--mem": declared_memory(rule),
            "-t": declared_minutes(rule),
            "--cpus-per-task": declared_threads(rule),
        }
        for option, number in numbers.items():
            assert number is None or request[option] == str(number), f"{rule}: {option} {request[option]}, not {number}"
        assert int(request["--mem"]) >= 500, f"{rule}: Snakemake itself needs 250 MB of a job's memory"


def test_every_rule_gets_more_when_it_is_retried() -> None:
    for path in [REPOSITORY / "Snakefile", *(REPOSITORY / "rules").glob("*.smk")]:
        text = path.read_text()
        for amount in ("mem_mb", "runtime"):
            assert text.count(f" {amount}=") == text.count(f" {amount}=grows("), f"{path.name}: {amount} must grow"
        assert "retries:" not in text, f"{path.name}: retries in a rule repeat inside one allocation; use the profile"
        assert "group:" not in text, path.name
    assert all(set(rule.resources) == {"mem_mb", "runtime"} for rule in rules().values())


@pytest.mark.parametrize("name", ["slurm", "workstation"])
def test_profiles_name_exactly_the_rules_that_use_a_gpu(name: str) -> None:
    profile = yaml.safe_load((REPOSITORY / "profiles" / name / "config.yaml").read_text())
    assert set(profile["set-resources"]) == gpu_rules()
    assert all(resources["gpu"] == 1 for resources in profile["set-resources"].values())


def test_profile_is_found_by_its_short_name_and_survives_faults() -> None:
    assert (REPOSITORY / "slurm").resolve() == (REPOSITORY / "profiles/slurm").resolve()
    profile = yaml.safe_load(Path(REPOSITORY / "slurm/config.yaml").read_text())
    assert profile["slurm-status-command"] == "squeue"
    assert profile["retries"] >= 1 and profile["rerun-incomplete"] and profile["slurm-requeue"]
    # merged over every other profile, so it may hold nothing but what all of them need
    default = yaml.safe_load((REPOSITORY / "profiles/default/config.yaml").read_text())
    assert set(default) == {"rerun-triggers", "rerun-incomplete", "cores"} and default["rerun-incomplete"]
    # where a number of jobs is given Snakemake sets no limit to the cores of a cluster
    assert default["cores"] == "all" and profile["jobs"] > 1
