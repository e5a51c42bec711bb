rule train_contrastive:
    """Train a pair of encoders on its loss terms in every fold, and embed everybody with both modalities."""
    input:
        unpack(lambda wildcards: encoder_settings(wildcards.encoders)),
        **FOLD_TABLES,
    output:
        encoders=result("contrastive/{encoders}/encoders.ckpt"),
        embeddings=result("contrastive/{encoders}/embeddings.parquet"),
        curve=result("contrastive/{encoders}/curve.parquet"),
        lineage=result("audit/lineage/train_contrastive_{encoders}.parquet"),
    log:
        log_file("train_contrastive", "{encoders}"),
    benchmark:
        benchmark_file("train_contrastive", "{encoders}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        cfg=encoder_section,
        encoders=encoder_params,
        resume=result("resume/train_contrastive/{encoders}"),
        code=code("train_contrastive"),
    script:
        "../workflow_scripts/train_contrastive.py"
