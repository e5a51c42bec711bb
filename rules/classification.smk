# One rule a kind of fit, so that a change of one reruns its own models alone.
for fitter in dict.fromkeys(spec.fitter for spec in ROSTER.values()):

    rule:
        """Fit the models of one kind in every fold, and predict development people."""
        name:
            f"train_{fitter}"
        input:
            unpack(classifier_inputs),
            **FOLD_TABLES,
        output:
            model=result("classification/{model}/model.ckpt"),
            predictions=result("classification/{model}/predictions.parquet"),
            curve=result("classification/{model}/curve.parquet"),
            lineage=result("audit/lineage/train_classifier_{model}.parquet"),
        log:
            log_file(f"train_{fitter}", "{model}"),
        benchmark:
            benchmark_file(f"train_{fitter}", "{model}")
        wildcard_constraints:
            model=one_of(name for name, spec in ROSTER.items() if spec.fitter == fitter),
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(240),
        params:
            cfg=classifier_section,
            model=classifier_params,
            resume=result("resume/train_classifier/{model}"),
            code=code(f"train_{fitter}"),
            script=f"train_{fitter}",
        script:
            # filled in when the job runs: `fitter` itself would be the loop's last by then
            "../workflow_scripts/{params.script}.py"


HIDDEN = (
    {"hidden": result(f"classification/{_HIDDEN_OF}/hidden.parquet")}
    if any(s.hidden_of for s in ROSTER.values())
    else {}
)


rule extract_hidden:
    """Compute the last hidden layer of the genetic network for everybody with both modalities."""
    input:
        **FOLD_TABLES,
        model=result("classification/{model}/model.ckpt"),
    output:
        hidden=result("classification/{model}/hidden.parquet"),
    log:
        log_file("extract_hidden", "{model}"),
    benchmark:
        benchmark_file("extract_hidden", "{model}")
    wildcard_constraints:
        model=one_of(name for name, spec in ROSTER.items() if spec.fitter == "network"),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(60),
    params:
        cfg={},
        code=code("extract_hidden"),
    script:
        "../workflow_scripts/extract_hidden.py"


for fitter in dict.fromkeys(_roster.searched_model(name, SETTINGS).fitter for name in SEARCHES):

    rule:
        """Fit one hyperparameter candidate of a model in every fold."""
        name:
            f"search_{fitter}"
        input:
            unpack(candidate_inputs),
            **FOLD_TABLES,
        output:
            predictions=result("classification/search/{model}/{candidate}/predictions.parquet"),
            curve=result("classification/search/{model}/{candidate}/curve.parquet"),
            settings=result("classification/search/{model}/{candidate}/settings.json"),
            lineage=result("audit/lineage/search_{model}_{candidate}.parquet"),
        log:
            log_file(f"search_{fitter}", "{model}_{candidate}"),
        benchmark:
            benchmark_file(f"search_{fitter}", "{model}_{candidate}")
        wildcard_constraints:
            model=one_of(name for name in SEARCHES if _roster.searched_model(name, SETTINGS).fitter == fitter),
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(240),
        params:
            cfg=candidate_section,
            model=lambda wildcards: searched_model(wildcards).params(),
            encoders=candidate_encoders,
            settings=candidate_settings,
            resume=result("resume/search/{model}_{candidate}"),
            code=code(f"search_{fitter}"),
            script=f"search_{fitter}",
        script:
            "../workflow_scripts/{params.script}.py"


# a checkpoint, because only its winner decides which candidate's settings the rules after it read
checkpoint select_settings:
    """Choose a model's hyperparameters from validation scores alone."""
    input:
        predictions=lambda wildcards: expand(
            result("classification/search/{model}/{candidate}/predictions.parquet"),
            model=wildcards.model,
            candidate=SEARCHES[wildcards.model],
        ),
    output:
        selection=result("classification/search/{model}/selection.json"),
        scores=result("classification/search/{model}/scores.parquet"),
    log:
        log_file("select_settings", "{model}"),
    benchmark:
        benchmark_file("select_settings", "{model}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        cfg=lambda wildcards: {
            "names": list(SEARCHES[wildcards.model]),
            "settings": list(SEARCHES[wildcards.model].values()),
        },
        code=code("select_settings"),
    script:
        "../workflow_scripts/select_settings.py"


# Targets name these, because Snakemake does not look for the missing outputs of a search that was switched on
# while the outputs of the rules after it are there.
SELECTIONS = expand(result("classification/search/{model}/selection.json"), model=SEARCHES)


rule select_terms:
    """Choose the loss subset from validation scores alone."""
    input:
        predictions=expand(result("classification/{model}/predictions.parquet"), model=PROPOSED.values()),
    output:
        selection=result("classification/selection.json"),
    log:
        log_file("select_terms"),
    benchmark:
        benchmark_file("select_terms")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        cfg={"encoders": SUBSETS},
        code=code("select_terms"),
    script:
        "../workflow_scripts/select_terms.py"


rule predict_holdout:
    """Apply every fold's classifier of every model to the holdout, once, after the choice."""
    input:
        **FOLD_TABLES,
        **HIDDEN,
        models=expand(result("classification/{model}/model.ckpt"), model=MODELS),
        embeddings=expand(result("contrastive/{encoders}/embeddings.parquet"), encoders=ENCODED),
        selection=result("classification/selection.json"),
    output:
        holdout=result("classification/holdout.parquet"),
    log:
        log_file("predict_holdout"),
    benchmark:
        benchmark_file("predict_holdout")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(60),
    params:
        cfg={
            "models": [spec.params() for spec in ROSTER.values()],
            "encoders": ENCODED,
            **section("confounds"),
        },
        # no output: who has scored the holdout is to be known after a rerun too
        ledger=result("ledger.jsonl"),
        code=code("predict_holdout"),
    script:
        "../workflow_scripts/predict_holdout.py"


rule evaluate_models:
    """Score every model on training, validation and holdout people, and compare them in pairs."""
    input:
        predictions=expand(result("classification/{model}/predictions.parquet"), model=MODELS),
        holdout=result("classification/holdout.parquet"),
        selection=result("classification/selection.json"),
        participants=result("cohort/participants.parquet"),
    output:
        performance=result("classification/performance.parquet"),
        comparisons=result("classification/comparisons.parquet"),
    log:
        log_file("evaluate_models"),
    benchmark:
        benchmark_file("evaluate_models")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        cfg={
            "models": MODELS,
            "proposed": PROPOSED,
            "subsets": ON_SUBSETS,
            "selected": SELECTED,
            **section("seed", "classification.bootstrap"),
        },
        code=code("evaluate_models"),
    script:
        "../workflow_scripts/evaluate_models.py"


rule evaluate_beyond_confounds:
    """Measure what every model adds to the confounds, and score it among people of like ancestry or age."""
    input:
        predictions=expand(result("classification/{model}/predictions.parquet"), model=MODELS),
        holdout=result("classification/holdout.parquet"),
        participants=result("cohort/participants.parquet"),
    output:
        increments=result("classification/increments.parquet"),
        strata=result("classification/strata.parquet"),
    log:
        log_file("evaluate_beyond_confounds"),
    benchmark:
        benchmark_file("evaluate_beyond_confounds")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        cfg={"models": MODELS, **section("seed", "people.fit_on", "people.heads_on", "classification.bootstrap")},
        code=code("evaluate_beyond_confounds"),
    script:
        "../workflow_scripts/evaluate_beyond_confounds.py"


rule check_calibration:
    """Check whether every model's probabilities are shares, or its values those that are observed."""
    input:
        predictions=expand(result("classification/{model}/predictions.parquet"), model=MODELS),
        holdout=result("classification/holdout.parquet"),
        participants=result("cohort/participants.parquet"),
    output:
        calibration=result("classification/calibration.parquet"),
        reliability=result("classification/reliability.parquet"),
    log:
        log_file("check_calibration"),
    benchmark:
        benchmark_file("check_calibration")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        cfg={
            "models": MODELS,
            **section("seed", "people.fit_on", "people.heads_on", "classification.bootstrap", "outcome.kind"),
        },
        code=code("check_calibration"),
    script:
        "../workflow_scripts/check_calibration.py"
