rule train_genetic_nn:
    input:
        unpack(classifier_inputs),
        **FOLD_TABLES,
    output:
        model=result("classification/genetic_nn/model.ckpt"),
        predictions=result("classification/genetic_nn/predictions.parquet"),
        curve=result("classification/genetic_nn/curve.parquet"),
        lineage=result("audit/lineage/train_classifier_genetic_nn.parquet"),
        features=result("classification/genetic_nn/features.parquet"),
    log:
        log_file("train_genetic_nn"),
    benchmark:
        benchmark_file("train_genetic_nn")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        cfg=classifier_section,
        resume=result("resume/train_classifier/genetic_nn"),
        code=code("train_classifier"),
    script:
        "../workflow_scripts/train_classifier.py"


rule train_classifier:
    input:
        unpack(classifier_inputs),
        **FOLD_TABLES,
    output:
        model=result("classification/{model}/model.ckpt"),
        predictions=result("classification/{model}/predictions.parquet"),
        curve=result("classification/{model}/curve.parquet"),
        lineage=result("audit/lineage/train_classifier_{model}.parquet"),
    log:
        log_file("train_classifier", "{model}"),
    benchmark:
        benchmark_file("train_classifier", "{model}")
    wildcard_constraints:
        # genetic_nn has its own rule, because it hands over h_g too
        model=r"cgni_(linear_)?terms[1-4]+|head_[a-z_]+|imaging_cnn|genetic_linear|imaging_genetic_svm|imaging_genetic_nn|confounds",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        cfg=classifier_section,
        resume=result("resume/train_classifier/{model}"),
        code=code("train_classifier"),
    script:
        "../workflow_scripts/train_classifier.py"


rule select_terms:
    input:
        predictions=expand(result("classification/cgni_{terms}/predictions.parquet"), terms=TERMS),
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
        cfg={"terms": TERMS},
        code=code("select_terms"),
    script:
        "../workflow_scripts/select_terms.py"


rule predict_holdout:
    input:
        **FOLD_TABLES,
        **({"hidden": result("classification/genetic_nn/features.parquet")} if "genetic_nn" in MODELS else {}),
        models=expand(result("classification/{model}/model.ckpt"), model=MODELS),
        embeddings=expand(result("contrastive/{terms}/embeddings.parquet"), terms=ENCODED),
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
        cfg={"models": MODELS, "terms": ENCODED},
        code=code("predict_holdout"),
    script:
        "../workflow_scripts/predict_holdout.py"


rule evaluate_models:
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
        cfg={"models": MODELS, **section("seed", "classification.bootstrap")},
        code=code("evaluate_models"),
    script:
        "../workflow_scripts/evaluate_models.py"


SHUFFLED_MODELS = [f"cgni_{TERMS[-1]}", *[model for model in MODELS if not model.startswith("cgni_")]]


rule score_shuffles:
    input:
        **FOLD_TABLES,
        **(classifier_extra("imaging_cnn") if "imaging_cnn" in MODELS else {}),
    output:
        scores=result("audit/shuffles.parquet"),
        summary=result("audit/shuffle_summary.parquet"),
    log:
        log_file("score_shuffles"),
    benchmark:
        benchmark_file("score_shuffles")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(480),
    params:
        cfg={
            "models": SHUFFLED_MODELS,
            **section("seed", "people.fit_on", "people.heads_on", "contrastive", "classification"),
        },
        code=code("score_shuffles"),
    script:
        "../workflow_scripts/score_shuffles.py"
