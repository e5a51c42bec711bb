rule null_contributions:
    """Measure contributions after encoders were trained on shuffled pairings: a batch of replicates of the null."""
    input:
        **FOLD_TABLES,
        selection=result("classification/selection.json"),
        grid=result("scca/grid.parquet"),
        regions=REGION_FEATURES,
    output:
        shares=result("contributions/null/shares{batch}.parquet"),
        correlations=result("contributions/null/correlations{batch}.parquet"),
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
        cfg={
            "encoders": INTERPRETABLE,
            **section(
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
        },
        code=code("null_contributions"),
    script:
        "../workflow_scripts/null_contributions.py"


rule summarise_contributions:
    """Call regions and SNPs by the published rule and by permutation, per fold and as consensus over folds."""
    input:
        imaging=result("occlusion/imaging.parquet"),
        genetics=result("occlusion/genetics.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        null=expand(result("contributions/null/shares{batch}.parquet"), batch=NULL_BATCHES),
    output:
        contributions=result("contributions/contributions.parquet"),
        calibration=result("contributions/calibration.parquet"),
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
        cfg=section("contributions.sd", "contributions.rule", "contributions.fdr", "contributions.ld_r2"),
        code=code("summarise_contributions"),
    script:
        "../workflow_scripts/summarise_contributions.py"
