FOLD_TABLES = {
    "features": expand(result("transfer/fold{fold}/features.parquet"), fold=FOLDS),
    "fills": expand(result("genetics/fold{fold}/fill.parquet"), fold=FOLDS),
    "genotypes": result("genetics/genotypes.parquet"),
    "participants": result("cohort/participants.parquet"),
    "splits": result("cohort/splits.parquet"),
}


rule train_contrastive:
    input:
        unpack(lambda wildcards: searched_settings("cgni_terms1234")),
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
        resume=result("resume/train_contrastive/{terms}"),
        code=code("train_contrastive"),
    script:
        "../workflow_scripts/train_contrastive.py"


rule train_candidate:
    input:
        unpack(candidate_inputs),
        **FOLD_TABLES,
    output:
        predictions=result("search/{model}/{candidate}/predictions.parquet"),
        curve=result("search/{model}/{candidate}/curve.parquet"),
        settings=result("search/{model}/{candidate}/settings.json"),
        lineage=result("audit/lineage/train_candidate_{model}_{candidate}.parquet"),
    log:
        log_file("train_candidate", "{model}_{candidate}"),
    benchmark:
        benchmark_file("train_candidate", "{model}_{candidate}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        cfg=candidate_section,
        settings=candidate_settings,
        resume=result("resume/train_candidate/{model}_{candidate}"),
        code=code("train_candidate"),
    script:
        "../workflow_scripts/train_candidate.py"


# a checkpoint, because only its winner decides which candidate's settings the rules after it read
checkpoint select_settings:
    input:
        predictions=lambda wildcards: expand(
            result("search/{model}/{candidate}/predictions.parquet"),
            model=wildcards.model,
            candidate=candidates(wildcards.model),
        ),
    output:
        selection=result("search/{model}/selection.json"),
        scores=result("search/{model}/scores.parquet"),
    log:
        log_file("select_settings", "{model}"),
    benchmark:
        benchmark_file("select_settings", "{model}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        cfg=lambda wildcards: {
            "names": list(candidates(wildcards.model)),
            "settings": list(candidates(wildcards.model).values()),
        },
        code=code("select_settings"),
    script:
        "../workflow_scripts/select_settings.py"


# Targets name these, because Snakemake does not look for the missing outputs of a search that was switched on
# while the outputs of the rules after it are there.
SELECTIONS = expand(result("search/{model}/selection.json"), model=searched_models())
