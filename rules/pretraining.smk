rule pretrain_brain_age:
    """Train a fold's imaging network on the ages of everybody imaged among its fit people."""
    input:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        qc=result("imaging/qc.parquet"),
        mask=result("imaging/mask.npy"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        checkpoint=result("pretraining/fold{fold}/brain_age.ckpt"),
        curve=result("pretraining/fold{fold}/curve.parquet"),
        metrics=result("pretraining/fold{fold}/metrics.parquet"),
        lineage=result("audit/lineage/pretrain_brain_age_fold{fold}.parquet"),
    log:
        log_file("pretrain_brain_age", "fold{fold}"),
    benchmark:
        benchmark_file("pretrain_brain_age", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(1440),
    params:
        cfg=section("seed", "people.fit_on", "people.pretrain_on", "pretraining"),
        execution=section("execution.device", "execution.precision"),
        code=code("pretrain_brain_age"),
        resume=result("resume/pretrain_brain_age/fold{fold}"),
    script:
        "../workflow_scripts/pretrain_brain_age.py"
