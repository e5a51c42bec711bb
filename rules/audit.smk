rule audit_lineage:
    input:
        splits=result("cohort/splits.parquet"),
        participants=result("cohort/participants.parquet"),
        networks=expand(
            result("audit/lineage/{rule}_fold{fold}.parquet"),
            rule=["pretrain_brain_age", "finetune_wm"],
            fold=FOLDS,
        ),
        small=expand(
            result("audit/lineage/train_contrastive_{terms}.parquet"),
            terms=list(dict.fromkeys([*ENCODED, LABEL_FREE])),
        )
        + candidate_lineages()
        + expand(result("audit/lineage/train_classifier_{model}.parquet"), model=MODELS),
    output:
        lineage=result("audit/lineage.parquet"),
    log:
        log_file("audit_lineage"),
    benchmark:
        benchmark_file("audit_lineage")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        cfg=section("people.pretrain_on"),
        code=code("audit_lineage"),
    script:
        "../workflow_scripts/audit_lineage.py"


rule audit_confounds:
    input:
        participants=result("cohort/participants.parquet"),
        predictions=expand(result("classification/{model}/predictions.parquet"), model=MODELS),
    output:
        confounds=result("audit/confounds.parquet"),
    log:
        log_file("audit_confounds"),
    benchmark:
        benchmark_file("audit_confounds")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(20),
    params:
        cfg={"models": MODELS, **section("seed")},
        code=code("audit_confounds"),
    script:
        "../workflow_scripts/audit_confounds.py"


rule compare_with_truth:
    input:
        variants=result("simulation/truth/variants.parquet"),
        regions=result("simulation/truth/regions.parquet"),
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        qc=result("imaging/qc.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        snp_genes=result("genetics/snp_genes.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        contributions=result("occlusion/contributions.parquet"),
        terms=result("enrichment/terms.parquet"),
        performance=result("classification/performance.parquet"),
    output:
        recovery=result("audit/recovery.parquet"),
        csv=result("audit/recovery.csv"),
    log:
        log_file("compare_with_truth"),
    benchmark:
        benchmark_file("compare_with_truth")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(30),
    params:
        cfg=section("recovery", "simulation.genotypes.go_terms", "inputs.atlas", "inputs.atlas_labels"),
        code=code("compare_with_truth"),
    script:
        "../workflow_scripts/compare_with_truth.py"
