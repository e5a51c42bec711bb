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
        relatedness=KINSHIP,
        samples=people_files(),
        images=image_table(),
    output:
        participants=LISTED,
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
        participants=LISTED,
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


rule thin_genotypes:
    input:
        genotypes=genotype_file("genotypes"),
        people=genotype_file("people"),
        variants=genotype_file("variants"),
        mfi=genotype_file("mfi"),
        images=image_table(),
    output:
        bed=result("genetics/chrom{chrom}/thin.bed"),
        bim=result("genetics/chrom{chrom}/thin.bim"),
        fam=result("genetics/chrom{chrom}/thin.fam"),
    log:
        log_file("thin_genotypes", "chrom{chrom}"),
    benchmark:
        benchmark_file("thin_genotypes", "chrom{chrom}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(240),
    params:
        cfg=section("genetics.thin", "inputs.images"),
        code=code("thin_genotypes"),
    script:
        "../workflow_scripts/thin_genotypes.py"


rule estimate_kinship:
    input:
        bed=expand(result("genetics/chrom{chrom}/thin.bed"), chrom=CHROMOSOMES),
        bim=expand(result("genetics/chrom{chrom}/thin.bim"), chrom=CHROMOSOMES),
        fam=expand(result("genetics/chrom{chrom}/thin.fam"), chrom=CHROMOSOMES),
        people=people_files()[0],
    output:
        kinship=result("cohort/kinship.dat"),
    log:
        log_file("estimate_kinship"),
    benchmark:
        benchmark_file("estimate_kinship")
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=grows(8000),
        runtime=grows(600),
    params:
        cfg=section("splits.kinship"),
        code=code("estimate_kinship"),
    script:
        "../workflow_scripts/estimate_kinship.py"


if COMPUTED_PCS:

    rule compute_components:
        input:
            bed=expand(result("genetics/chrom{chrom}/thin.bed"), chrom=CHROMOSOMES),
            bim=expand(result("genetics/chrom{chrom}/thin.bim"), chrom=CHROMOSOMES),
            fam=expand(result("genetics/chrom{chrom}/thin.fam"), chrom=CHROMOSOMES),
            people=people_files()[0],
            participants=LISTED,
            splits=result("cohort/splits.parquet"),
        output:
            participants=PARTICIPANTS,
        log:
            log_file("compute_components"),
        benchmark:
            benchmark_file("compute_components")
        conda:
            ENVIRONMENT
        threads: 2
        resources:
            mem_mb=grows(8000),
            runtime=grows(240),
        params:
            cfg=section("seed", "cohort.n_pcs"),
            code=code("compute_components"),
        script:
            "../workflow_scripts/compute_components.py"
