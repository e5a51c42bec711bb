rule pack_gm_store:
    """Pack the gray-matter maps into one memory-mapped store on one grid."""
    input:
        images=made_maps() or image_table(),
        template=grid_template(),
        participants=result("cohort/participants.parquet"),
    output:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        checksum=result("imaging/store/checksum.json"),
    log:
        log_file("pack_gm_store"),
    benchmark:
        benchmark_file("pack_gm_store")
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=grows(2000),
        runtime=grows(240),
    params:
        **seen(images=made_maps() or image_table(), template=grid_template()),
        **seen_maps(contents=True),
        cfg=section(*IMAGE_KEYS, "imaging.store"),
        code=code("pack_gm_store"),
        resume=result("resume/pack_gm_store/store"),
    script:
        "../workflow_scripts/pack_gm_store.py"


rule check_gm_quality:
    """Correlate every map with the reference and decide who passes."""
    input:
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        splits=result("cohort/splits.parquet"),
        participants=result("cohort/participants.parquet"),
    output:
        qc=result("imaging/qc.parquet"),
        relations=result("imaging/qc_relations.parquet"),
        attrition=result("imaging/attrition.parquet"),
        reference=result("imaging/reference.npy"),
        mask=result("imaging/mask.npy"),
    log:
        log_file("check_gm_quality"),
    benchmark:
        benchmark_file("check_gm_quality")
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=grows(2000),
        runtime=grows(120),
    params:
        cfg=section("imaging.qc", "people.reference"),
        code=code("check_gm_quality"),
    script:
        "../workflow_scripts/check_gm_quality.py"


if MADE_MAPS:

    rule make_gm_maps:
        """Make the gray-matter maps of a batch of people: of their T1 images, or of UK Biobank's archives."""
        input:
            images=image_table(),
            participants=LISTED,
        output:
            quality=result("imaging/t1/batch{batch}.parquet"),
        log:
            log_file("make_gm_maps", "batch{batch}"),
        benchmark:
            benchmark_file("make_gm_maps", "batch{batch}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(2500),
            runtime=grows(30 + 2 * SETTINGS.imaging.t1.batch),
        params:
            **seen(images=image_table()),
            **seen_maps(contents=True),
            cfg=section(*IMAGE_KEYS, "imaging.smooth_mm", *[f"imaging.t1.{key}" for key in MAP_KEYS]),
            code=code("make_gm_maps"),
            maps_code=map_code(),
            folder=result("imaging/t1"),
            scratch=result("resume/make_gm_maps"),
        script:
            "../workflow_scripts/make_gm_maps.py"

    rule gather_gm_maps:
        """Gather the quality of all maps that were made; stop when too many images gave none."""
        input:
            batches=map_batches,
        output:
            quality=result("imaging/t1/quality.parquet"),
            attrition=result("imaging/t1/attrition.parquet"),
        log:
            log_file("gather_gm_maps"),
        benchmark:
            benchmark_file("gather_gm_maps")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(1000),
            runtime=grows(20),
        params:
            cfg=section("imaging.t1.most_failed"),
            code=code("gather_gm_maps"),
        script:
            "../workflow_scripts/gather_gm_maps.py"


if OF_TABLE:

    rule read_image_features:
        """Read a table of imaging features; leave out, and count, what is mostly unknown or constant."""
        input:
            images=INPUTS["images"],
            labels=optional(INPUTS["feature_labels"]),
            participants=LISTED,
            splits=result("cohort/splits.parquet"),
        output:
            features=IMAGE_FEATURES,
            columns=result("imaging/table/columns.parquet"),
            attrition=result("imaging/table/attrition.parquet"),
        log:
            log_file("read_image_features"),
        benchmark:
            benchmark_file("read_image_features")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(8000),
            runtime=grows(30),
        params:
            **seen(images=INPUTS["images"], labels=optional(INPUTS["feature_labels"])),
            cfg=section("cohort.image_instances", "imaging.table"),
            code=code("read_image_features"),
        script:
            "../workflow_scripts/read_image_features.py"

    rule fill_image_features:
        """Fill the gaps of a fold's imaging features with the means of its training people."""
        input:
            features=IMAGE_FEATURES,
            splits=result("cohort/splits.parquet"),
        output:
            features=result("imaging/table/fold{fold}/features.parquet"),
        log:
            log_file("fill_image_features", "fold{fold}"),
        benchmark:
            benchmark_file("fill_image_features", "fold{fold}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(2000),
            runtime=grows(20),
        params:
            cfg={},
            code=code("fill_image_features"),
        script:
            "../workflow_scripts/fill_image_features.py"
