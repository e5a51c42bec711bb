rule pretrain_brain_age:
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


rule finetune_wm:
    input:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        qc=result("imaging/qc.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        brain_age=result("pretraining/fold{fold}/brain_age.ckpt"),
    output:
        checkpoint=result("transfer/fold{fold}/wm.ckpt"),
        curve=result("transfer/fold{fold}/curve.parquet"),
        metrics=result("transfer/fold{fold}/metrics.parquet"),
        candidates=result("transfer/fold{fold}/candidates.parquet"),
        lineage=result("audit/lineage/finetune_wm_fold{fold}.parquet"),
    log:
        log_file("finetune_wm", "fold{fold}"),
    benchmark:
        benchmark_file("finetune_wm", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(720),
    params:
        cfg=section("seed", "people.fit_on", "transfer"),
        execution=section("execution.device", "execution.precision"),
        code=code("finetune_wm"),
        resume=result("resume/finetune_wm/fold{fold}"),
    script:
        "../workflow_scripts/finetune_wm.py"


rule extract_features:
    input:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        qc=result("imaging/qc.parquet"),
        checkpoint=result("transfer/fold{fold}/wm.ckpt"),
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
