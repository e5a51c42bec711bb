rule audit_lineage:
    """Check that no fit has used anybody whom it must not see."""
    input:
        splits=result("cohort/splits.parquet"),
        participants=result("cohort/participants.parquet"),
        networks=expand(
            result("audit/lineage/{rule}_fold{fold}.parquet"),
            rule=[] if OF_TABLE else ["pretrain_brain_age", "finetune_outcome"],
            fold=FOLDS,
        ),
        small=expand(
            result("audit/lineage/train_contrastive_{encoders}.parquet"),
            encoders=list({**ENCODED, **INTERPRETABLE}),
        )
        + candidate_lineages()
        + ([result("audit/lineage/regress_brain_age.parquet")] if OF_TABLE else [])
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
    """Measure how far each model's predictions follow the confounds beyond the label."""
    input:
        participants=result("cohort/participants.parquet"),
        predictions=expand(result("classification/{model}/predictions.parquet"), model=MODELS),
    output:
        confounds=result("audit/confounds.parquet"),
        shares=result("audit/confound_shares.parquet"),
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


rule audit_brain_age:
    """Measure the error of every fold's brain-age network on all splits, the holdout among them."""
    input:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        qc=result("imaging/qc.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        checkpoints=expand(result("pretraining/fold{fold}/brain_age.ckpt"), fold=FOLDS),
        metrics=expand(result("pretraining/fold{fold}/metrics.parquet"), fold=FOLDS),
    output:
        scores=result("audit/brain_age.parquet"),
    log:
        log_file("audit_brain_age"),
    benchmark:
        benchmark_file("audit_brain_age")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(120),
    params:
        cfg=section("people.fit_on", "people.pretrain_on"),
        execution=section("execution.device", "execution.precision"),
        code=code("audit_brain_age"),
    script:
        "../workflow_scripts/audit_brain_age.py"


if OF_TABLE:

    rule regress_brain_age:
        """Regress age on the imaging features of every fold's fit people, and measure the errors on all splits."""
        input:
            **FOLD_TABLES,
        output:
            scores=result("audit/brain_age_ridge.parquet"),
            lineage=result("audit/lineage/regress_brain_age.parquet"),
        log:
            log_file("regress_brain_age"),
        benchmark:
            benchmark_file("regress_brain_age")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(60),
        params:
            cfg=section("people.fit_on", "people.pretrain_on"),
            code=code("regress_brain_age"),
        script:
            "../workflow_scripts/regress_brain_age.py"


rule compare_with_truth:
    """Compare findings with what was planted (simulated study only)."""
    input:
        **region_inputs(),
        **({} if OF_TABLE else {"qc": result("imaging/qc.parquet")}),
        variants=result("simulation/truth/variants.parquet"),
        regions=result("simulation/truth/regions.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        snp_genes=result("genetics/snp_genes.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        contributions=result("contributions/contributions.parquet"),
        blocks=result("contributions/blocks.parquet"),
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
        **({} if OF_TABLE else seen(**ATLAS)),
        cfg=section("audit.hit_r2", "audit.fdr", "simulation.genotypes.go_terms"),
        code=code("compare_with_truth"),
    script:
        "../workflow_scripts/compare_with_truth.py"


# The last loss subset stands for all on shuffled labels, and its model on raw views for that without confounds.
_SHUFFLED_ENCODERS = list(SUBSETS)[-1]
_SHUFFLED = [spec for spec in ROSTER.values() if spec.name == PROPOSED[_SHUFFLED_ENCODERS] or not spec.encoders]


rule score_shuffles:
    """Repeat encoders and classifiers on shuffled labels: chance, if nothing leaks."""
    input:
        **FOLD_TABLES,
        networks=[path for spec in _SHUFFLED for path in fitter_inputs(spec).get("networks", [])],
    output:
        scores=result("audit/shuffles.parquet"),
        summary=result("audit/shuffle_summary.parquet"),
    log:
        log_file("score_shuffles"),
    benchmark:
        benchmark_file("score_shuffles")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(480),
    params:
        cfg={
            "models": [spec.params() for spec in _SHUFFLED],
            "encoders": SUBSETS[_SHUFFLED_ENCODERS],
            **section(
                "seed",
                *ENCODER_PEOPLE,
                "audit.shuffles",
                *ENCODER_KEYS,
                *dict.fromkeys(key for spec in _SHUFFLED for key in spec.keys),
            ),
        },
        code=code("score_shuffles"),
    script:
        "../workflow_scripts/score_shuffles.py"


# What a real study looks at first. The targets ask for it, and no other rule: Snakemake would leave out jobs whose
# own files or keys have changed wherever they come after a job that they only wait for (`ancient`).
CHECKED = [] if SIMULATED else result("audit/inputs.txt")


rule check_inputs:
    """Look at all inputs before anything is computed: what is wrong is said once, and together."""
    input:
        **ATLAS,
        **OWN_ANNOTATION,
        phenotypes=INPUTS["phenotypes"],
        withdrawals=optional(INPUTS["withdrawals"]),
        relatedness=optional(INPUTS["relatedness"]),
        genotypes=all_genotype_files(),
        eqtl=INPUTS["eqtl"],
        eqtl_snps=optional(INPUTS["eqtl_snps"]),
        ppi=INPUTS["ppi"],
        images=image_table(),
        labels=optional(INPUTS["feature_labels"]),
        template=grid_template(),
    output:
        report=result("audit/inputs.txt"),
    log:
        log_file("check_inputs"),
    benchmark:
        benchmark_file("check_inputs")
    priority: 1000000  # before whatever else is ready
    conda:
        ENVIRONMENT
    threads: 64  # on one machine alone, so that nothing is computed from inputs that are found wrong
    resources:
        mem_mb=grows(8000),
        runtime=grows(30),
    params:
        **seen(
            **ATLAS,
            **OWN_ANNOTATION,
            phenotypes=INPUTS["phenotypes"],
            withdrawals=optional(INPUTS["withdrawals"]),
            relatedness=optional(INPUTS["relatedness"]),
            genotypes=all_genotype_files(),
            eqtl=INPUTS["eqtl"],
            eqtl_snps=optional(INPUTS["eqtl_snps"]),
            ppi=INPUTS["ppi"],
            images=image_table(),
            labels=optional(INPUTS["feature_labels"]),
            template=grid_template(),
        ),
        **seen_maps(contents=True),
        cfg=section(*EFFECTIVE),
        code=code("check_inputs"),
    script:
        "../workflow_scripts/check_inputs.py"
