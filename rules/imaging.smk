rule pack_gm_store:
    """Pack the gray-matter maps into one memory-mapped store on one grid."""
    input:
        images=image_table(),
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
        **seen(images=image_table(), template=grid_template()),
        **seen_maps(contents=True),
        cfg=section("inputs.images", "cohort.image_instances", "imaging.store"),
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
