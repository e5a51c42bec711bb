rule write_config:
    output:
        config=result("config.effective.yaml"),
    log:
        log_file("write_config"),
    benchmark:
        benchmark_file("write_config")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(500),
        runtime=grows(5),
    params:
        cfg=section(*EFFECTIVE),
        code=code("write_config"),
    script:
        "../workflow_scripts/write_config.py"


rule build_participants:
    input:
        phenotypes=INPUTS["phenotypes"],
        withdrawals=optional(INPUTS["withdrawals"]),
        relatedness=optional(INPUTS["relatedness"]),
        samples=sample_files(),
        images=image_table(),
    output:
        participants=result("cohort/participants.parquet"),
        attrition=result("cohort/attrition.parquet"),
    log:
        log_file("build_participants"),
    benchmark:
        benchmark_file("build_participants")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(30),
    params:
        cfg=section("cohort", "splits.kinship", "inputs.images"),
        code=code("build_participants"),
    script:
        "../workflow_scripts/build_participants.py"


rule make_splits:
    input:
        participants=result("cohort/participants.parquet"),
    output:
        splits=result("cohort/splits.parquet"),
    log:
        log_file("make_splits"),
    benchmark:
        benchmark_file("make_splits")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        cfg=section("seed", "splits.holdout", "splits.folds", "splits.monitor", "splits.age_bands"),
        code=code("make_splits"),
    script:
        "../workflow_scripts/make_splits.py"
