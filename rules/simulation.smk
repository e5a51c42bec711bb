SIMULATION = f"{RESULTS}/simulation"
# whether the simulated lab has a table of volumes in the place of images
_VOLUMES = SIMULATED and SETTINGS.simulation.images.kind == "table"


rule simulate_genotypes:
    """Simulate genotypes as a lab has them on disk, with their eQTL tables and their truth."""
    input:
        ppi=INPUTS["ppi"],
        positions=shipped("resources/gene_positions_grch37.parquet"),
        go=expand(
            shipped("resources/go/{table}.parquet"),
            table=["terms", "parents", "annotations", "genes", "aliases"],
        ),
    output:
        bgen=expand(f"{SIMULATION}/genotypes/ukb22828_c{{chrom}}_b0_v3.bgen", chrom=CHROMOSOMES),
        sample=expand(f"{SIMULATION}/genotypes/ukb22828_c{{chrom}}_b0_v3.sample", chrom=CHROMOSOMES),
        mfi=expand(f"{SIMULATION}/genotypes/ukb_mfi_chr{{chrom}}_v3.txt", chrom=CHROMOSOMES),
        eqtl=f"{SIMULATION}/DER-08a_hg19_eQTL.significant.txt",
        eqtl_snps=f"{SIMULATION}/SNP_Information_Table_with_Alleles.txt",
        truth=f"{SIMULATION}/truth/variants.parquet",
        genotypes=f"{SIMULATION}/truth/genotypes.npz",
    log:
        log_file("simulate_genotypes"),
    benchmark:
        benchmark_file("simulate_genotypes")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(60),
    params:
        **seen(ppi=INPUTS["ppi"]),
        cfg=section("seed", "simulation.people", "simulation.genotypes", "inputs.genotypes.chromosomes"),
        code=code("simulate_genotypes"),
    script:
        "../workflow_scripts/simulate_genotypes.py"


rule simulate_phenotypes:
    """Simulate factors, confounds and scores; write the main table, relatives and withdrawals."""
    input:
        truth=f"{SIMULATION}/truth/variants.parquet",
        genotypes=f"{SIMULATION}/truth/genotypes.npz",
    output:
        phenotypes=f"{SIMULATION}/ukb_main.csv",
        withdrawals=f"{SIMULATION}/withdrawals.csv",
        relatedness=f"{SIMULATION}/ukb_rel.dat",
        people=f"{SIMULATION}/truth/people.parquet",
        betas=f"{SIMULATION}/truth/betas.parquet",
        polygenic=f"{SIMULATION}/truth/polygenic_wm.parquet",
    log:
        log_file("simulate_phenotypes"),
    benchmark:
        benchmark_file("simulate_phenotypes")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg=section(
            "seed",
            "simulation.traits",
            "simulation.effect_scale",
            "simulation.wm_effect_scale",
            "simulation.confound_scale",
            "outcome.field",
        ),
        code=code("simulate_phenotypes"),
    script:
        "../workflow_scripts/simulate_phenotypes.py"


rule simulate_images:
    """Simulate gray-matter maps, or T1 images, and their list; or a table of volumes of regions."""
    input:
        people=f"{SIMULATION}/truth/people.parquet",
        variants=f"{SIMULATION}/truth/variants.parquet",
        genotypes=f"{SIMULATION}/truth/genotypes.npz",
        atlas=ATLAS.get("atlas", []),
    output:
        images=directory(f"{SIMULATION}/images"),
        table=f"{SIMULATION}/images.csv",
        regions=f"{SIMULATION}/truth/regions.parquet",
        effects=f"{SIMULATION}/truth/region_effects.parquet",
        polygenic=f"{SIMULATION}/truth/polygenic_regions.parquet",
        defects=f"{SIMULATION}/truth/images.parquet",
    log:
        log_file("simulate_images"),
    benchmark:
        benchmark_file("simulate_images")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        **seen(atlas=ATLAS.get("atlas", [])),
        cfg=section("seed", "simulation.images", "simulation.effect_scale", "simulation.brain_effect_scale"),
        code=code("simulate_images"),
    script:
        "../workflow_scripts/simulate_images.py"


if _VOLUMES:

    rule simulate_feature_labels:
        """Name the volumes of a simulated table by the regions of the atlas, with their unit."""
        input:
            atlas_labels=ATLAS["atlas_labels"],
        output:
            labels=f"{SIMULATION}/feature_labels.csv",
        log:
            log_file("simulate_feature_labels"),
        benchmark:
            benchmark_file("simulate_feature_labels")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(1000),
            runtime=grows(10),
        params:
            **seen(atlas_labels=ATLAS["atlas_labels"]),
            cfg={},
            code=code("simulate_feature_labels"),
        script:
            "../workflow_scripts/simulate_feature_labels.py"
