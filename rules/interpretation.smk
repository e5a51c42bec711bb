EMBEDDINGS = expand(result("contrastive/{terms}/embeddings.parquet"), terms=INTERPRETABLE)
ENCODERS = expand(result("contrastive/{terms}/encoders.ckpt"), terms=INTERPRETABLE)
REGION_FEATURES = expand(result("occlusion/fold{fold}/region_features.npz"), fold=FOLDS)


rule fit_scca:
    input:
        selection=result("classification/selection.json"),
        embeddings=EMBEDDINGS,
        label_free=result(f"contrastive/{LABEL_FREE}/embeddings.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        weights=result("scca/weights.parquet"),
        variates=result("scca/variates.parquet"),
        correlations=result("scca/correlations.parquet"),
        grid=result("scca/grid.parquet"),
    log:
        log_file("fit_scca"),
    benchmark:
        benchmark_file("fit_scca")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        cfg={"terms": INTERPRETABLE, **section("seed", "scca")},
        code=code("fit_scca"),
    script:
        "../workflow_scripts/fit_scca.py"


rule occlude_regions:
    input:
        network=result("transfer/fold{fold}/wm.ckpt"),
        features=result("transfer/fold{fold}/features.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        splits=result("cohort/splits.parquet"),
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
    output:
        features=result("occlusion/fold{fold}/region_features.npz"),
    log:
        log_file("occlude_regions", "fold{fold}"),
    benchmark:
        benchmark_file("occlude_regions", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(6000),
        runtime=grows(480),
    params:
        cfg=section(
            "seed",
            "occlusion.atlas",
            "occlusion.baseline",
            "occlusion.people",
            "occlusion.max_people",
            "inputs.atlas",
            "inputs.atlas_labels",
        ),
        execution=section("execution.device"),
        code=code("occlude_regions"),
    script:
        "../workflow_scripts/occlude_regions.py"


rule measure_contributions:
    input:
        **FOLD_TABLES,
        selection=result("classification/selection.json"),
        encoders=ENCODERS,
        weights=result("scca/weights.parquet"),
        regions=REGION_FEATURES,
    output:
        regions=result("occlusion/regions.parquet"),
        snps=result("occlusion/snps.parquet"),
    log:
        log_file("measure_contributions"),
    benchmark:
        benchmark_file("measure_contributions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(240),
    params:
        cfg={"terms": INTERPRETABLE, **section("occlusion.baseline", "occlusion.node")},
        code=code("measure_contributions"),
    script:
        "../workflow_scripts/measure_contributions.py"


rule null_contributions:
    input:
        **FOLD_TABLES,
        selection=result("classification/selection.json"),
        grid=result("scca/grid.parquet"),
        regions=REGION_FEATURES,
    output:
        shares=result("occlusion/null/shares{batch}.parquet"),
        correlations=result("occlusion/null/correlations{batch}.parquet"),
    log:
        log_file("null_contributions", "batch{batch}"),
    benchmark:
        benchmark_file("null_contributions", "batch{batch}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(480),
    params:
        cfg=section(
            "seed",
            "people.fit_on",
            *ENCODER_KEYS,
            "scca.fit_on",
            "scca.l1_ratio",
            "scca.max_iterations",
            "occlusion.baseline",
            "occlusion.node",
            "contributions.null_encoders",
            "contributions.null_batch",
        ),
        code=code("null_contributions"),
    script:
        "../workflow_scripts/null_contributions.py"


rule summarise_contributions:
    input:
        regions=result("occlusion/regions.parquet"),
        snps=result("occlusion/snps.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        null=expand(result("occlusion/null/shares{batch}.parquet"), batch=NULL_BATCHES),
    output:
        contributions=result("occlusion/contributions.parquet"),
        calibration=result("occlusion/calibration.parquet"),
    log:
        log_file("summarise_contributions"),
    benchmark:
        benchmark_file("summarise_contributions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(10),
    params:
        cfg=section(
            "contributions.region_sd",
            "contributions.snp_sd",
            "contributions.rule",
            "contributions.fdr",
            "contributions.ld_r2",
        ),
        code=code("summarise_contributions"),
    script:
        "../workflow_scripts/summarise_contributions.py"
