# what an application takes of the cohort itself, as the rules of a study take it
_COHORT = dict(
    phenotypes=INPUTS["phenotypes"],
    withdrawals=optional(INPUTS["withdrawals"]),
    relatedness=KINSHIP,
    samples=people_files(),
    images=image_table(),
)


if not OF_TABLE:

    rule estimate_claims:
        """Estimate what the study claims in its holdout, for another cohort to compare with."""
        input:
            **region_inputs(),
            variates=result("scca/variates.parquet"),
            contributions=result("contributions/contributions.parquet"),
            components=result("contributions/components.parquet"),
            blocks=result("contributions/blocks.parquet"),
            terms=result("enrichment/terms.parquet"),
            genotypes=result("genetics/genotypes.parquet"),
            snp_genes=result("genetics/snp_genes.parquet"),
            participants=result("cohort/participants.parquet"),
            selection=result("classification/selection.json"),
            performance=result("classification/performance.parquet"),
            holdout=result("classification/holdout.parquet"),
        output:
            claims=result("application/claims.parquet"),
        log:
            log_file("estimate_claims"),
        benchmark:
            benchmark_file("estimate_claims")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(60),
        params:
            **seen(**ATLAS),
            cfg={"proposed": PROPOSED, **section("confounds.components")},
            code=code("estimate_claims"),
        script:
            "../workflow_scripts/estimate_claims.py"

    localrules:
        write_bundle,

    rule write_bundle:
        """Write the fitted models, and how inputs are coded, into one file for another cohort."""
        input:
            **FOLD_TABLES,
            **ATLAS,
            config=result("config.effective.yaml"),
            selection=result("classification/selection.json"),
            outcome_networks=expand(result("transfer/fold{fold}/outcome.ckpt"), fold=FOLDS),
            age_networks=expand(result("pretraining/fold{fold}/brain_age.ckpt"), fold=FOLDS),
            encoders=expand(result("contrastive/{encoders}/encoders.ckpt"), encoders=PROPOSED),
            models=expand(result("classification/{model}/model.ckpt"), model=PROPOSED.values()),
            weights=result("scca/weights.parquet"),
            variants=result("genetics/variants.parquet"),
            index=result("imaging/store/index.parquet"),
            qc=result("imaging/qc.parquet"),
            grid=result("imaging/store/grid.json"),
            reference=result("imaging/reference.npy"),
            mask=result("imaging/mask.npy"),
            claims=result("application/claims.parquet"),
        output:
            bundle=result("application/study.cgni"),
        log:
            log_file("write_bundle"),
        benchmark:
            benchmark_file("write_bundle")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(30),
        params:
            **seen(**ATLAS),
            cfg={"encoders": list(PROPOSED), **section("confounds")},
            code=code("write_bundle"),
        script:
            "../workflow_scripts/write_bundle.py"


if BUNDLE and not OF_TABLE:

    rule list_cohort:
        """List the people of the cohort that a bundle is applied to; their outcome may be unknown."""
        input:
            **_COHORT,
            bundle=BUNDLE,
        output:
            participants=result("application/participants.parquet"),
            attrition=result("application/attrition.parquet"),
        log:
            log_file("list_cohort"),
        benchmark:
            benchmark_file("list_cohort")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(8000),
            runtime=grows(30),
        params:
            **seen(**_COHORT, bundle=BUNDLE),
            **seen_maps(contents=False),
            cfg=section(
                "cohort",
                *OUTCOME_KEYS,
                "splits.kinship",
                "inputs.images",
                "imaging.source",
                "imaging.t1.session",
            ),
            code=code("list_cohort"),
        script:
            "../workflow_scripts/list_cohort.py"

    rule match_variants:
        """Find the bundle's SNPs in the genotype files, and count its alleles."""
        input:
            genotypes=all_genotype_files(),
            bundle=BUNDLE,
            participants=result("application/participants.parquet"),
        output:
            genotypes=result("application/genotypes.parquet"),
            variants=result("application/variants.parquet"),
        log:
            log_file("match_variants"),
        benchmark:
            benchmark_file("match_variants")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(240),
        params:
            **seen(genotypes=all_genotype_files(), bundle=BUNDLE),
            files=[[chrom, *_chromosome_files(SETTINGS.inputs.genotypes, chrom).values()] for chrom in CHROMOSOMES],
            cfg=section("inputs.genotypes.build", "application.least_found"),
            code=code("match_variants"),
        script:
            "../workflow_scripts/match_variants.py"

    rule pack_cohort_maps:
        """Pack the cohort's maps on the bundle's grid, and compare them with its reference."""
        input:
            images=made_maps() or image_table(),
            bundle=BUNDLE,
            participants=result("application/participants.parquet"),
        output:
            maps=result("application/store/maps.npy"),
            index=result("application/store/index.parquet"),
            grid=result("application/store/grid.json"),
            likeness=result("application/likeness.parquet"),
        log:
            log_file("pack_cohort_maps"),
        benchmark:
            benchmark_file("pack_cohort_maps")
        conda:
            ENVIRONMENT
        threads: 2
        resources:
            mem_mb=grows(2000),
            runtime=grows(240),
        params:
            **seen(images=made_maps() or image_table(), bundle=BUNDLE),
            **seen_maps(contents=True),
            cfg=section(*IMAGE_KEYS, "application.least_likeness"),
            code=code("pack_cohort_maps"),
            resume=result("resume/pack_cohort_maps/store"),
        script:
            "../workflow_scripts/pack_cohort_maps.py"

    rule extract_cohort_features:
        """Compute the features and the brain age of the cohort by the bundle's imaging networks."""
        input:
            maps=result("application/store/maps.npy"),
            index=result("application/store/index.parquet"),
            grid=result("application/store/grid.json"),
            likeness=result("application/likeness.parquet"),
            participants=result("application/participants.parquet"),
            bundle=BUNDLE,
        output:
            features=result("application/features.parquet"),
            ages=result("application/brain_age.parquet"),
        log:
            log_file("extract_cohort_features"),
        benchmark:
            benchmark_file("extract_cohort_features")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(240),
        params:
            **seen(bundle=BUNDLE),
            cfg={},
            execution=section("execution.device", "execution.precision"),
            code=code("extract_cohort_features"),
        script:
            "../workflow_scripts/extract_cohort_features.py"

    rule apply_models:
        """Predict, embed and score the cohort with the bundle's models, and measure its drift."""
        input:
            participants=result("application/participants.parquet"),
            genotypes=result("application/genotypes.parquet"),
            variants=result("application/variants.parquet"),
            features=result("application/features.parquet"),
            likeness=result("application/likeness.parquet"),
            grid=result("application/store/grid.json"),
            bundle=BUNDLE,
        output:
            drift=result("application/drift.parquet"),
            predictions=result("application/predictions.parquet"),
            embeddings=result("application/embeddings.parquet"),
            variates=result("application/variates.parquet"),
            scores=result("application/scores.parquet"),
            reliability=result("application/reliability.parquet"),
            components=result("application/components.parquet"),
        log:
            log_file("apply_models"),
        benchmark:
            benchmark_file("apply_models")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(60),
        params:
            **seen(bundle=BUNDLE),
            cfg=section("seed", "classification.bootstrap", "scca.permutations"),
            code=code("apply_models"),
        script:
            "../workflow_scripts/apply_models.py"

    rule replicate_claims:
        """Estimate the claims of the bundle's study in this cohort, and say which hold."""
        input:
            bundle=BUNDLE,
            participants=result("application/participants.parquet"),
            genotypes=result("application/genotypes.parquet"),
            variates=result("application/variates.parquet"),
            scores=result("application/scores.parquet"),
            maps=result("application/store/maps.npy"),
            index=result("application/store/index.parquet"),
            grid=result("application/store/grid.json"),
        output:
            replication=result("application/replication.parquet"),
        log:
            log_file("replicate_claims"),
        benchmark:
            benchmark_file("replicate_claims")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(60),
        params:
            **seen(bundle=BUNDLE),
            cfg={},
            code=code("replicate_claims"),
        script:
            "../workflow_scripts/replicate_claims.py"

    localrules:
        write_application_report,

    rule write_application_report:
        """Write the page of the application: drift first, then scores, then claims."""
        input:
            replication=result("application/replication.parquet"),
            drift=result("application/drift.parquet"),
            predictions=result("application/predictions.parquet"),
            scores=result("application/scores.parquet"),
            reliability=result("application/reliability.parquet"),
            components=result("application/components.parquet"),
            ages=result("application/brain_age.parquet"),
            attrition=result("application/attrition.parquet"),
            template=shipped("resources/application.html.j2"),
            bundle=BUNDLE,
        output:
            report=result("application/report.html"),
        log:
            log_file("write_application_report"),
        benchmark:
            benchmark_file("write_application_report")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(1000),
            runtime=grows(10),
        params:
            **seen(bundle=BUNDLE),
            cfg=section("outcome.label"),
            code=code("write_application_report"),
        script:
            "../workflow_scripts/write_application_report.py"
