"""What reruns after which change: dry runs against the finished tiny study."""

from tests.workflow.study import Study

UPSTREAM_OF_CONTRASTIVE = {
    "simulate_genotypes",
    "simulate_phenotypes",
    "simulate_images",
    "build_participants",
    "make_splits",
    "select_candidates",
    "qc_variants",
    "build_genotypes",
    "fill_genotypes",
    "pack_gm_store",
    "check_gm_quality",
    "pretrain_brain_age",
    "finetune_wm",
    "extract_features",
    "train_genetic_nn",
}


def test_finished_study_has_nothing_to_do(finished_study: Study) -> None:
    assert finished_study.planned() == {}


def test_tau_reruns_contrastive_and_what_follows(finished_study: Study) -> None:
    overlay = finished_study.overlay("tau.yaml", "contrastive: {temperature: 0.2}\n")
    planned = finished_study.planned(overlays=(overlay,))
    assert {"train_contrastive", "train_classifier", "fit_scca", "occlude_regions", "write_report"} <= set(planned)
    assert not set(planned) & UPSTREAM_OF_CONTRASTIVE
    # the baselines do not look at embeddings: of the classifiers only the proposed ones run again
    subsets = planned["train_contrastive"]
    assert planned["train_classifier"] == subsets


def test_plot_colours_rerun_figures_and_report_only(finished_study: Study) -> None:
    overlay = finished_study.overlay("dpi.yaml", "figures: {dpi: 90}\n")
    planned = finished_study.planned(overlays=(overlay,))
    assert planned
    others = {rule for rule in planned if not rule.startswith("plot_")}
    assert others <= {"all", "figures", "write_config", "write_report"}


def test_comments_rerun_nothing(study_copy: Study) -> None:
    for name in (
        "workflow_scripts/train_contrastive.py",
        "workflow_scripts/cgni/models/losses.py",
        "rules/genetics.smk",
    ):
        path = study_copy.folder / name
        path.write_text(path.read_text() + "\n# a remark\n")
    assert study_copy.planned() == {}


def test_changed_module_reruns_its_users_only(study_copy: Study) -> None:
    path = study_copy.folder / "workflow_scripts/cgni/interpretation/contributions.py"
    path.write_text(path.read_text() + "\n_ANOTHER_CONSTANT = 1\n")
    planned = study_copy.planned()
    assert "summarise_contributions" in planned
    assert not set(planned) & (UPSTREAM_OF_CONTRASTIVE | {"train_contrastive", "train_classifier", "fit_scca"})


def test_touched_small_input_reruns_nothing(study_copy: Study) -> None:
    (study_copy.folder / "resources/app_interactors.tsv").touch()
    assert study_copy.planned() == {}
