rule fit_scca:
    """Relate the two embeddings by sparse CCA: weights, canonical variates, correlations, one p a component."""
    input:
        selection=result("classification/selection.json"),
        embeddings=expand(result("contrastive/{encoders}/embeddings.parquet"), encoders=INTERPRETABLE),
        label_free=result(f"contrastive/{LABEL_FREE}/embeddings.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        weights=result("scca/weights.parquet"),
        variates=result("scca/variates.parquet"),
        correlations=result("scca/correlations.parquet"),
        grid=result("scca/grid.parquet"),
        components=result("scca/components.parquet"),
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
        cfg={
            "encoders": INTERPRETABLE,
            **section("seed", "people.fit_on", "people.encoders_on", "confounds.components", "scca"),
        },
        code=code("fit_scca"),
    script:
        "../workflow_scripts/fit_scca.py"
