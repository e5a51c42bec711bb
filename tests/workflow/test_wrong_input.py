"""A mistake in the config or an input ends in one message, before anything runs."""

from tests.workflow.study import Study


def test_published_study_names_exactly_the_missing_inputs(fresh_study: Study) -> None:
    study = Study(fresh_study.folder, ("config.ukb.yaml",))
    run = study.snakemake("-n")
    assert run.returncode != 0
    assert "Traceback" not in run.stdout
    for key in ("inputs.phenotypes", "inputs.eqtl", "inputs.images", "inputs.genotypes.files"):
        assert key in run.stdout, run.stdout
    assert "inputs.ppi" not in run.stdout  # shipped with the project


def test_unknown_key_is_refused_with_its_path(fresh_study: Study) -> None:
    overlay = fresh_study.overlay("typo.yaml", "contrastive: {tau: 0.2}\n")
    run = fresh_study.snakemake("-n", overlays=(overlay,))
    assert run.returncode != 0
    assert "contrastive" in run.stdout and "'tau'" in run.stdout
    assert "Traceback" not in run.stdout


def test_impossible_combination_is_refused(fresh_study: Study) -> None:
    overlay = fresh_study.overlay("deep.yaml", "transfer: {transfer_blocks: 9}\n")
    run = fresh_study.snakemake("-n", overlays=(overlay,))
    assert run.returncode != 0
    assert "transfer.transfer_blocks" in run.stdout
