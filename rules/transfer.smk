rule finetune_outcome:
    """Train a fold's imaging network on the two groups, from the brain-age network's first blocks on."""
    input:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        qc=result("imaging/qc.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        brain_age=result("pretraining/fold{fold}/brain_age.ckpt"),
    output:
        checkpoint=result("transfer/fold{fold}/outcome.ckpt"),
        curve=result("transfer/fold{fold}/curve.parquet"),
        metrics=result("transfer/fold{fold}/metrics.parquet"),
        fits=result("transfer/fold{fold}/fits.parquet"),
        lineage=result("audit/lineage/finetune_outcome_fold{fold}.parquet"),
    log:
        log_file("finetune_outcome", "fold{fold}"),
    benchmark:
        benchmark_file("finetune_outcome", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(720),
    params:
        cfg=section("seed", "people.fit_on", "transfer"),
        execution=section("execution.device", "execution.precision"),
        code=code("finetune_outcome"),
        resume=result("resume/finetune_outcome/fold{fold}"),
    script:
        "../workflow_scripts/finetune_outcome.py"


rule extract_features:
    """Compute a fold's imaging features of everybody with a usable image."""
    input:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        qc=result("imaging/qc.parquet"),
        checkpoint=result("transfer/fold{fold}/outcome.ckpt"),
    output:
        features=result("transfer/fold{fold}/features.parquet"),
    log:
        log_file("extract_features", "fold{fold}"),
    benchmark:
        benchmark_file("extract_features", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(120),
    params:
        cfg={},
        execution=section("execution.device", "execution.precision"),
        code=code("extract_features"),
    script:
        "../workflow_scripts/extract_features.py"
