rule build_participants:
    """Make one row a person of main table, withdrawals, relatives, genotype and image lists."""
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
        **seen(
            phenotypes=INPUTS["phenotypes"],
            withdrawals=optional(INPUTS["withdrawals"]),
            relatedness=KINSHIP,
            samples=people_files(),
            images=image_table(),
        ),
        **seen_maps(contents=False),
        cfg=section(
            "cohort",
            *OUTCOME_KEYS,
            "splits.kinship",
            "inputs.images",
            "imaging.source",
            *(TABLE_KEYS if OF_TABLE else ["imaging.t1.session"]),
        ),
        code=code("build_participants"),
    script:
        "../workflow_scripts/build_participants.py"


rule make_splits:
    """Split everybody once: holdout, folds, and who watches in each fold."""
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


rule estimate_kinship:
    """Estimate kinship from the genotypes with plink2's KING."""
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
        **seen(people=people_files()[0]),
        cfg=section("splits.kinship"),
        code=code("estimate_kinship"),
    script:
        "../workflow_scripts/estimate_kinship.py"


if COMPUTED_PCS:

    rule compute_components:
        """Compute genetic principal components on unrelated development people; project everybody."""
        input:
            bed=expand(result("genetics/chrom{chrom}/thin.bed"), chrom=CHROMOSOMES),
            bim=expand(result("genetics/chrom{chrom}/thin.bim"), chrom=CHROMOSOMES),
            fam=expand(result("genetics/chrom{chrom}/thin.fam"), chrom=CHROMOSOMES),
            people=people_files()[0],
            participants=LISTED,
            splits=result("cohort/splits.parquet"),
        output:
            participants=WITH_PCS,
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
            **seen(people=people_files()[0]),
            cfg=section("seed", "cohort.n_pcs", "cohort.confounds", "cohort.category_confounds"),
            code=code("compute_components"),
        script:
            "../workflow_scripts/compute_components.py"


if MADE_MAPS:

    rule add_head_sizes:
        """Give people the head size that their T1 image shows, where the main table has none."""
        input:
            participants=WITH_PCS,
            quality=result("imaging/t1/quality.parquet"),
        output:
            participants=PARTICIPANTS,
        log:
            log_file("add_head_sizes"),
        benchmark:
            benchmark_file("add_head_sizes")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(1000),
            runtime=grows(20),
        params:
            cfg=section("cohort.n_pcs", "cohort.confounds", "cohort.category_confounds"),
            code=code("add_head_sizes"),
        script:
            "../workflow_scripts/add_head_sizes.py"
