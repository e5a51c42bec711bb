# What the encoders and the sparse CCA of a null replicate read.
_NULL_FIT_KEYS = ("seed", *ENCODER_PEOPLE, *ENCODER_KEYS, "scca.fit_on", "scca.l1_ratio", "scca.max_iterations")
_NULL_COMPONENT_BATCHES = range(-(-SETTINGS.contributions.null_components // SETTINGS.contributions.null_batch))
# Correlations of all null replicates: of those with contributions, then of those as far as the sparse CCA.
NULL_CORRELATION_FILES = [
    *expand(result("contributions/null/correlations{batch}.parquet"), batch=NULL_BATCHES),
    *expand(result("contributions/null/components{batch}.parquet"), batch=_NULL_COMPONENT_BATCHES),
]


rule null_contributions:
    """Measure contributions after encoders were trained on shuffled pairings: a batch of replicates of the null."""
    input:
        unpack(lambda wildcards: encoder_winners(INTERPRETABLE)),
        **FOLD_TABLES,
        selection=result("classification/selection.json"),
        grid=result("scca/grid.parquet"),
        regions=REGION_FEATURES,
    output:
        shares=result("contributions/null/shares{batch}.parquet"),
        correlations=result("contributions/null/correlations{batch}.parquet"),
        readers=result("contributions/null/readers{batch}.ckpt"),
    log:
        log_file("null_contributions", "batch{batch}"),
    benchmark:
        benchmark_file("null_contributions", "batch{batch}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(480),
    params:
        cfg={
            "encoders": INTERPRETABLE,
            **section(
                *_NULL_FIT_KEYS,
                "occlusion.baseline",
                "occlusion.node",
                "contributions.null_encoders",
                "contributions.null_batch",
            ),
        },
        code=code("null_contributions"),
    script:
        "../workflow_scripts/null_contributions.py"


rule null_components:
    """Correlate the variates after encoders were trained on shuffled pairings: a batch of further replicates."""
    input:
        unpack(lambda wildcards: encoder_winners(INTERPRETABLE)),
        **FOLD_TABLES,
        selection=result("classification/selection.json"),
        grid=result("scca/grid.parquet"),
    output:
        correlations=result("contributions/null/components{batch}.parquet"),
    log:
        log_file("null_components", "batch{batch}"),
    benchmark:
        benchmark_file("null_components", "batch{batch}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(480),
    params:
        cfg={
            "encoders": INTERPRETABLE,
            **section(
                *_NULL_FIT_KEYS,
                "contributions.null_encoders",
                "contributions.null_components",
                "contributions.null_batch",
            ),
        },
        code=code("null_components"),
    script:
        "../workflow_scripts/null_components.py"


rule test_components:
    """Test every component against the whole-pipeline null, and decide in which features may be called."""
    input:
        components=result("scca/components.parquet"),
        null=NULL_CORRELATION_FILES,
    output:
        components=result("contributions/components.parquet"),
    log:
        log_file("test_components"),
    benchmark:
        benchmark_file("test_components")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        cfg=section("contributions.gate", "contributions.null_encoders", "contributions.null_components"),
        code=code("test_components"),
    script:
        "../workflow_scripts/test_components.py"


rule summarise_contributions:
    """Call regions and SNPs by the published rule and by permutation, per fold and as consensus over folds."""
    input:
        imaging=result("occlusion/imaging.parquet"),
        genetics=result("occlusion/genetics.parquet"),
        components=result("contributions/components.parquet"),
        null=expand(result("contributions/null/shares{batch}.parquet"), batch=NULL_BATCHES),
    output:
        contributions=result("contributions/contributions.parquet"),
        calibration=result("contributions/calibration.parquet"),
    log:
        log_file("summarise_contributions"),
    benchmark:
        benchmark_file("summarise_contributions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(10),
    params:
        cfg=section(
            "contributions.sd",
            "contributions.rule",
            "contributions.gate",
            "contributions.fdr",
        ),
        code=code("summarise_contributions"),
    script:
        "../workflow_scripts/summarise_contributions.py"


rule estimate_directions:
    """Estimate directions with intervals in unseen people: alleles, regions, variates and the outcome."""
    input:
        **region_inputs(),
        variates=result("scca/variates.parquet"),
        contributions=result("contributions/contributions.parquet"),
        components=result("contributions/components.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        snp_genes=result("genetics/snp_genes.parquet"),
        participants=result("cohort/participants.parquet"),
    output:
        directions=result("contributions/directions.parquet"),
    log:
        log_file("estimate_directions"),
    benchmark:
        benchmark_file("estimate_directions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(60),
    params:
        **({} if OF_TABLE else seen(**ATLAS)),
        cfg=section("confounds.components"),
        code=code("estimate_directions"),
    script:
        "../workflow_scripts/estimate_directions.py"


rule locate_signals:
    """Claim blocks of linked SNPs, find credible sets within them, and compare with what is published."""
    input:
        variates=result("scca/variates.parquet"),
        contributions=result("contributions/contributions.parquet"),
        components=result("contributions/components.parquet"),
        directions=result("contributions/directions.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        variants=result("genetics/variants.parquet"),
        snp_genes=result("genetics/snp_genes.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        published_genes=shipped("resources/published_genes.tsv"),
        published_regions=shipped("resources/published_regions.tsv"),
    output:
        blocks=result("contributions/blocks.parquet"),
        credible=result("contributions/credible.parquet"),
        published=result("contributions/published.parquet"),
    log:
        log_file("locate_signals"),
    benchmark:
        benchmark_file("locate_signals")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(30),
    params:
        cfg=section("confounds.components", "contributions.fdr", "contributions.blocks"),
        code=code("locate_signals"),
    script:
        "../workflow_scripts/locate_signals.py"


if MORE_ATLASES:

    rule null_atlas:
        """Measure contributions of the regions of a further atlas under the null, with the encoders that are there."""
        input:
            **FOLD_TABLES,
            readers=expand(result("contributions/null/readers{batch}.ckpt"), batch=NULL_BATCHES),
            regions=expand(
                result("occlusion/atlases/{{atlas}}/fold{fold}/region_features.npz"),
                fold=FOLDS,
            ),
        output:
            shares=result("contributions/atlases/{atlas}/null_shares.parquet"),
        log:
            log_file("null_atlas", "{atlas}"),
        benchmark:
            benchmark_file("null_atlas", "{atlas}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(8000),
            runtime=grows(240),
        params:
            cfg=section(*ENCODER_PEOPLE, "occlusion.baseline", "occlusion.node"),
            code=code("null_atlas"),
        script:
            "../workflow_scripts/null_atlas.py"

    localrules:
        summarise_atlas,

    rule summarise_atlas:
        """Call regions of a further atlas by both rules, with a false discovery rate of its own."""
        input:
            imaging=result("occlusion/atlases/{atlas}/imaging.parquet"),
            components=result("contributions/components.parquet"),
            null=result("contributions/atlases/{atlas}/null_shares.parquet"),
        output:
            contributions=result("contributions/atlases/{atlas}/contributions.parquet"),
        log:
            log_file("summarise_atlas", "{atlas}"),
        benchmark:
            benchmark_file("summarise_atlas", "{atlas}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(2000),
            runtime=grows(10),
        params:
            cfg=section(
                "contributions.sd.imaging",
                "contributions.rule",
                "contributions.gate",
                "contributions.fdr",
            ),
            code=code("summarise_atlas"),
        script:
            "../workflow_scripts/summarise_atlas.py"

    rule estimate_atlas:
        """Estimate directions of the regions of a further atlas in unseen people."""
        input:
            **MAPS,
            atlas=atlas_image,
            atlas_labels=atlas_table,
            variates=result("scca/variates.parquet"),
            contributions=result("contributions/contributions.parquet"),
            regions=result("contributions/atlases/{atlas}/contributions.parquet"),
            components=result("contributions/components.parquet"),
            genotypes=result("genetics/genotypes.parquet"),
            snp_genes=result("genetics/snp_genes.parquet"),
            participants=result("cohort/participants.parquet"),
        output:
            directions=result("contributions/atlases/{atlas}/directions.parquet"),
        log:
            log_file("estimate_atlas", "{atlas}"),
        benchmark:
            benchmark_file("estimate_atlas", "{atlas}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(4000),
            runtime=grows(60),
        params:
            **seen(atlas=atlas_image, atlas_labels=atlas_table),
            cfg=section("confounds.components"),
            code=code("estimate_atlas"),
        script:
            "../workflow_scripts/estimate_atlas.py"
