_OCCLUDED = "table_columns" if OF_TABLE else "region_features"
REGION_FEATURES = expand(result(f"occlusion/fold{{fold}}/{_OCCLUDED}.npz"), fold=FOLDS)


rule occlude_regions:
    """Compute what a fold's imaging network makes of people's maps without each region of the atlas."""
    input:
        **ATLAS,
        network=result("transfer/fold{fold}/outcome.ckpt"),
        features=result("transfer/fold{fold}/features.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        splits=result("cohort/splits.parquet"),
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
    output:
        features=result("occlusion/fold{fold}/region_features.npz"),
    log:
        log_file("occlude_regions", "fold{fold}"),
    benchmark:
        benchmark_file("occlude_regions", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(6000),
        runtime=grows(480),
    params:
        **seen(**ATLAS),
        cfg=section("seed", "occlusion.baseline", "occlusion.people", "occlusion.max_people"),
        execution=section("execution.device"),
        code=code("occlude_regions"),
    script:
        "../workflow_scripts/occlude_regions.py"


if OF_TABLE:

    rule choose_occluded_people:
        """Choose the people of a fold whose features of a table are occluded one by one."""
        input:
            features=IMAGE_FEATURES,
            columns=result("imaging/table/columns.parquet"),
            genotypes=result("genetics/genotypes.parquet"),
            splits=result("cohort/splits.parquet"),
        output:
            features=result("occlusion/fold{fold}/table_columns.npz"),
        log:
            log_file("choose_occluded_people", "fold{fold}"),
        benchmark:
            benchmark_file("choose_occluded_people", "fold{fold}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(2000),
            runtime=grows(20),
        params:
            cfg=section("seed", "occlusion.people", "occlusion.max_people"),
            code=code("choose_occluded_people"),
        script:
            "../workflow_scripts/choose_occluded_people.py"


rule measure_contributions:
    """Measure what each canonical variate loses without each region and each SNP, in every fold."""
    input:
        **FOLD_TABLES,
        selection=result("classification/selection.json"),
        encoders=expand(result("contrastive/{encoders}/encoders.ckpt"), encoders=INTERPRETABLE),
        weights=result("scca/weights.parquet"),
        regions=REGION_FEATURES,
    output:
        imaging=result("occlusion/imaging.parquet"),
        genetics=result("occlusion/genetics.parquet"),
    log:
        log_file("measure_contributions"),
    benchmark:
        benchmark_file("measure_contributions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(240),
    params:
        cfg={"encoders": INTERPRETABLE, **section(*ENCODER_PEOPLE, "occlusion.baseline", "occlusion.node")},
        code=code("measure_contributions"),
    script:
        "../workflow_scripts/measure_contributions.py"


if MORE_ATLASES:

    rule occlude_atlas:
        """Compute what a fold's imaging network makes of people's maps without each region of a further atlas."""
        input:
            **MAPS,
            atlas=atlas_image,
            atlas_labels=atlas_table,
            network=result("transfer/fold{fold}/outcome.ckpt"),
            features=result("transfer/fold{fold}/features.parquet"),
            genotypes=result("genetics/genotypes.parquet"),
            splits=result("cohort/splits.parquet"),
        output:
            features=result("occlusion/atlases/{atlas}/fold{fold}/region_features.npz"),
        log:
            log_file("occlude_atlas", "{atlas}_fold{fold}"),
        benchmark:
            benchmark_file("occlude_atlas", "{atlas}_fold{fold}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(6000),
            runtime=grows(480),
        params:
            **seen(atlas=atlas_image, atlas_labels=atlas_table),
            cfg=section("seed", "occlusion.baseline", "occlusion.people", "occlusion.max_people"),
            execution=section("execution.device"),
            code=code("occlude_atlas"),
        script:
            "../workflow_scripts/occlude_atlas.py"

    rule measure_atlas:
        """Measure what each canonical variate loses without each region of a further atlas, in every fold."""
        input:
            **FOLD_TABLES,
            selection=result("classification/selection.json"),
            encoders=expand(result("contrastive/{encoders}/encoders.ckpt"), encoders=INTERPRETABLE),
            weights=result("scca/weights.parquet"),
            regions=expand(
                result("occlusion/atlases/{{atlas}}/fold{fold}/region_features.npz"),
                fold=FOLDS,
            ),
        output:
            imaging=result("occlusion/atlases/{atlas}/imaging.parquet"),
        log:
            log_file("measure_atlas", "{atlas}"),
        benchmark:
            benchmark_file("measure_atlas", "{atlas}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(8000),
            runtime=grows(240),
        params:
            cfg={
                "encoders": INTERPRETABLE,
                **section(*ENCODER_PEOPLE, "occlusion.baseline", "occlusion.node"),
            },
            code=code("measure_atlas"),
        script:
            "../workflow_scripts/measure_atlas.py"
