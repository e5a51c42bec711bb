FOLD_TABLES = {
    "features": expand(result("transfer/fold{fold}/features.parquet"), fold=FOLDS),
    "fills": expand(result("genetics/fold{fold}/fill.parquet"), fold=FOLDS),
    "genotypes": result("genetics/genotypes.parquet"),
    "participants": result("cohort/participants.parquet"),
    "splits": result("cohort/splits.parquet"),
}


rule train_contrastive:
    input:
        **FOLD_TABLES,
    output:
        encoders=result("contrastive/{terms}/encoders.ckpt"),
        embeddings=result("contrastive/{terms}/embeddings.parquet"),
        curve=result("contrastive/{terms}/curve.parquet"),
        lineage=result("audit/lineage/train_contrastive_{terms}.parquet"),
    log:
        log_file("train_contrastive", "{terms}"),
    benchmark:
        benchmark_file("train_contrastive", "{terms}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        cfg=contrastive_section,
        code=code("train_contrastive"),
    script:
        "../workflow_scripts/train_contrastive.py"
