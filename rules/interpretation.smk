EMBEDDINGS = expand(result("contrastive/{terms}/embeddings.parquet"), terms=TERMS)
ENCODERS = expand(result("contrastive/{terms}/encoders.ckpt"), terms=TERMS)


rule fit_scca:
    input:
        selection=result("classification/selection.json"),
        embeddings=EMBEDDINGS,
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
        cfg={"terms": TERMS, **section("seed", "scca")},
        code=code("fit_scca"),
    script:
        "../workflow_scripts/fit_scca.py"


rule occlude_regions:
    input:
        selection=result("classification/selection.json"),
        encoders=ENCODERS,
        network=result("transfer/fold{fold}/wm.ckpt"),
        weights=result("scca/weights.parquet"),
        variates=result("scca/variates.parquet"),
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
    output:
        regions=result("occlusion/fold{fold}/regions.parquet"),
    log:
        log_file("occlude_regions", "fold{fold}"),
    benchmark:
        benchmark_file("occlude_regions", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(480),
    params:
        cfg={"terms": TERMS, **section("seed", "occlusion", "inputs.atlas", "inputs.atlas_labels")},
        code=code("occlude_regions"),
    script:
        "../workflow_scripts/occlude_regions.py"


rule occlude_snps:
    input:
        selection=result("classification/selection.json"),
        encoders=ENCODERS,
        weights=result("scca/weights.parquet"),
        variates=result("scca/variates.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        fills=expand(result("genetics/fold{fold}/fill.parquet"), fold=FOLDS),
    output:
        snps=result("occlusion/snps.parquet"),
    log:
        log_file("occlude_snps"),
    benchmark:
        benchmark_file("occlude_snps")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        cfg={"terms": TERMS, **section("seed", "occlusion")},
        code=code("occlude_snps"),
    script:
        "../workflow_scripts/occlude_snps.py"


rule summarise_contributions:
    input:
        regions=expand(result("occlusion/fold{fold}/regions.parquet"), fold=FOLDS),
        snps=result("occlusion/snps.parquet"),
    output:
        contributions=result("occlusion/contributions.parquet"),
    log:
        log_file("summarise_contributions"),
    benchmark:
        benchmark_file("summarise_contributions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        cfg=section("contributions"),
        code=code("summarise_contributions"),
    script:
        "../workflow_scripts/summarise_contributions.py"
