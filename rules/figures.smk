FIGURES = [
    "outcome",
    "gm_quality",
    "attrition_flow",
    "architecture",
    "learning_curves",
    "performance",
    "discrimination",
    "ablation",
    "embeddings",
    "canonical_variates",
    "component_null",
    "snp_contributions",
    "region_contributions",
    "linkage",
    "allele_effects",
    "enriched_terms",
    *(["map_making"] if MADE_MAPS else []),
    *(["recovery"] if SIMULATED else []),
]
if OF_TABLE:
    _OF_MAPS = {"gm_quality", "region_contributions"}
    FIGURES = [*(figure for figure in FIGURES if figure not in _OF_MAPS), "feature_contributions"]
FIGURE_FILES = [
    *expand(result("figures/{figure}.{kind}"), figure=FIGURES, kind=["svg", "png", "pdf"]),
    *([] if OF_TABLE else [result("figures/regions.html")]),
]
# whether people are points, which only simulated ones may be, and what the two groups are called
PEOPLE_LOOK = ["outcome.group_names", "outcome.kind", "simulation.enabled"]


rule plot_outcome:
    """Draw the distribution of the outcome, with its groups (Figure 1)."""
    input:
        participants=result("cohort/participants.parquet"),
    output:
        expand(result("figures/outcome.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_outcome"),
    benchmark:
        benchmark_file("plot_outcome")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg=section(*OUTCOME_AXIS, "outcome.group_names", "outcome.kind", "outcome.low", "outcome.high"),
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_outcome"),
    script:
        "../workflow_scripts/plot_outcome.py"


rule plot_gm_quality:
    """Draw how well the gray-matter maps agree with the reference, and the worst of them."""
    input:
        qc=result("imaging/qc.parquet"),
        relations=result("imaging/qc_relations.parquet"),
        reference=result("imaging/reference.npy"),
        maps=result("imaging/store/maps.npy"),
        index=result("imaging/store/index.parquet"),
        grid=result("imaging/store/grid.json"),
        participants=result("cohort/participants.parquet"),
    output:
        expand(result("figures/gm_quality.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_gm_quality"),
    benchmark:
        benchmark_file("plot_gm_quality")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg=section("imaging.qc.correlation", "imaging.qc.deviations", "simulation.enabled"),
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_gm_quality"),
    script:
        "../workflow_scripts/plot_gm_quality.py"


rule plot_attrition_flow:
    """Draw what was left out of people, images and SNPs, step by step, as a flow chart."""
    input:
        attrition=expand(result("{stage}/attrition.parquet"), stage=ATTRITION_STAGES),
        splits=result("cohort/splits.parquet"),
        blocks=result("genetics/ld_blocks.parquet"),
    output:
        expand(result("figures/attrition_flow.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_attrition_flow"),
    benchmark:
        benchmark_file("plot_attrition_flow")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_attrition_flow"),
    script:
        "../workflow_scripts/plot_attrition_flow.py"


if MADE_MAPS:

    localrules:
        plot_map_making,

    rule plot_map_making:
        """Draw how maps came out of the images: volumes, failures by reason, worst and middle cases."""
        input:
            quality=result("imaging/t1/quality.parquet"),
            participants=result("cohort/participants.parquet"),
        output:
            expand(result("figures/map_making.{kind}"), kind=["svg", "png", "pdf"]),
        log:
            log_file("plot_map_making"),
        benchmark:
            benchmark_file("plot_map_making")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(2000),
            runtime=grows(20),
        params:
            figures=FIGURE_STYLE,
            stamp=STAMP,
            cfg=section("simulation.enabled"),
            code=code("plot_map_making"),
        script:
            "../workflow_scripts/plot_map_making.py"


rule plot_architecture:
    """Draw the networks with the sizes that they have in this study (Figure 2)."""
    input:
        grid=[] if OF_TABLE else result("imaging/store/grid.json"),
        columns=result("imaging/table/columns.parquet") if OF_TABLE else [],
        variants=result("genetics/variants.parquet"),
        selection=result("classification/selection.json"),
        lineage=result("audit/lineage.parquet"),
    output:
        expand(result("figures/architecture.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_architecture"),
    benchmark:
        benchmark_file("plot_architecture")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={
            "encoders": SUBSETS,
            "proposed": PROPOSED,
            **section(
                *([] if OF_TABLE else ["pretraining.channels", "pretraining.kernel"]),
                "contrastive.layers",
                "classification.proposed.layers",
                "classification.proposed.features",
                "outcome.kind",
            ),
        },
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_architecture"),
    script:
        "../workflow_scripts/plot_architecture.py"


rule plot_learning_curves:
    """Draw the learning curves of the brain-age, outcome and contrastive networks."""
    input:
        selection=result("classification/selection.json"),
        pretraining=expand(result("pretraining/fold{fold}/curve.parquet"), fold=[] if OF_TABLE else FOLDS),
        transfer=expand(result("transfer/fold{fold}/curve.parquet"), fold=[] if OF_TABLE else FOLDS),
        contrastive=expand(result("contrastive/{encoders}/curve.parquet"), encoders=SUBSETS),
    output:
        expand(result("figures/learning_curves.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_learning_curves"),
    benchmark:
        benchmark_file("plot_learning_curves")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={"encoders": SUBSETS, **section("outcome.label")},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_learning_curves"),
    script:
        "../workflow_scripts/plot_learning_curves.py"


rule plot_performance:
    """Draw the main score of every model."""
    input:
        performance=result("classification/performance.parquet"),
    output:
        expand(result("figures/performance.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_performance"),
    benchmark:
        benchmark_file("plot_performance")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={"models": MODELS},
        labels=LABELS,
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_performance"),
    script:
        "../workflow_scripts/plot_performance.py"


rule plot_discrimination:
    """Draw ROC and reliability of the proposed model and those beside it, or observed by predicted values."""
    input:
        predictions=expand(result("classification/{model}/predictions.parquet"), model=MODELS),
        holdout=result("classification/holdout.parquet"),
        performance=result("classification/performance.parquet"),
        reliability=result("classification/reliability.parquet"),
        selection=result("classification/selection.json"),
    output:
        expand(result("figures/discrimination.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_discrimination"),
    benchmark:
        benchmark_file("plot_discrimination")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={"models": MODELS, "proposed": PROPOSED, **section(*PEOPLE_LOOK)},
        labels=LABELS,
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_discrimination"),
    script:
        "../workflow_scripts/plot_discrimination.py"


rule plot_ablation:
    """Draw the score of the proposed model on every loss subset."""
    input:
        performance=result("classification/performance.parquet"),
        selection=result("classification/selection.json"),
    output:
        expand(result("figures/ablation.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_ablation"),
    benchmark:
        benchmark_file("plot_ablation")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={"models": MODELS, "encoders": SUBSETS, "proposed": PROPOSED, "subsets": ON_SUBSETS},
        labels=LABELS,
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_ablation"),
    script:
        "../workflow_scripts/plot_ablation.py"


rule plot_embeddings:
    """Draw the embeddings of unseen people by outcome, age and sex."""
    input:
        selection=result("classification/selection.json"),
        embeddings=expand(result("contrastive/{encoders}/embeddings.parquet"), encoders=SUBSETS),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        expand(result("figures/embeddings.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_embeddings"),
    benchmark:
        benchmark_file("plot_embeddings")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={"encoders": SUBSETS, **section(*PEOPLE_LOOK)},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_embeddings"),
    script:
        "../workflow_scripts/plot_embeddings.py"


rule plot_canonical_variates:
    """Draw the imaging variates of unseen people against their genetic variates."""
    input:
        variates=result("scca/variates.parquet"),
    output:
        expand(result("figures/canonical_variates.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_canonical_variates"),
    benchmark:
        benchmark_file("plot_canonical_variates")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg=section(*PEOPLE_LOOK),
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_canonical_variates"),
    script:
        "../workflow_scripts/plot_canonical_variates.py"


rule plot_component_null:
    """Draw the correlations of the components beside those of shuffled pairings."""
    input:
        components=result("contributions/components.parquet"),
        correlations=result("scca/correlations.parquet"),
        null_correlations=NULL_CORRELATION_FILES,
    output:
        expand(result("figures/component_null.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_component_null"),
    benchmark:
        benchmark_file("plot_component_null")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_component_null"),
    script:
        "../workflow_scripts/plot_component_null.py"


rule plot_snp_contributions:
    """Draw what decides on every SNP along the chromosomes, with the genes of called ones."""
    input:
        contributions=result("contributions/contributions.parquet"),
        variants=result("genetics/variants.parquet"),
        genes=result("genetics/snp_genes.parquet"),
    output:
        expand(result("figures/snp_contributions.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_snp_contributions"),
    benchmark:
        benchmark_file("plot_snp_contributions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg=section("contributions.rule", "contributions.sd.genetics"),
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_snp_contributions"),
    script:
        "../workflow_scripts/plot_snp_contributions.py"


rule plot_linkage:
    """Draw the linkage among the SNPs of called blocks."""
    input:
        blocks=result("contributions/blocks.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        expand(result("figures/linkage.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_linkage"),
    benchmark:
        benchmark_file("plot_linkage")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_linkage"),
    script:
        "../workflow_scripts/plot_linkage.py"


rule plot_allele_effects:
    """Draw the partial correlations of minor alleles with called regions."""
    input:
        directions=result("contributions/directions.parquet"),
        variants=result("genetics/variants.parquet"),
    output:
        expand(result("figures/allele_effects.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_allele_effects"),
    benchmark:
        benchmark_file("plot_allele_effects")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg=section("imaging.source"),
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_allele_effects"),
    script:
        "../workflow_scripts/plot_allele_effects.py"


rule plot_enriched_terms:
    """Draw the first enriched terms."""
    input:
        terms=result("enrichment/terms.parquet"),
        request=result("enrichment/request.json"),
    output:
        expand(result("figures/enriched_terms.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_enriched_terms"),
    benchmark:
        benchmark_file("plot_enriched_terms")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_enriched_terms"),
    script:
        "../workflow_scripts/plot_enriched_terms.py"


rule plot_region_contributions:
    """Draw the called regions on the brain (Figure 3)."""
    input:
        **ATLAS,
        contributions=result("contributions/contributions.parquet"),
    output:
        expand(result("figures/region_contributions.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_region_contributions"),
    benchmark:
        benchmark_file("plot_region_contributions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        **seen(**ATLAS),
        cfg={},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_region_contributions"),
    script:
        "../workflow_scripts/plot_region_contributions.py"


rule view_regions:
    """Make the page in which the called regions are looked at from all sides."""
    input:
        **ATLAS,
        contributions=result("contributions/contributions.parquet"),
    output:
        page=result("figures/regions.html"),
    log:
        log_file("view_regions"),
    benchmark:
        benchmark_file("view_regions")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        **seen(**ATLAS),
        cfg={},
        stamp=STAMP,
        code=code("view_regions"),
    script:
        "../workflow_scripts/view_regions.py"


if OF_TABLE:

    localrules:
        plot_feature_contributions,

    rule plot_feature_contributions:
        """Draw the contributions of a table's features, called ones in colour (in the place of Figure 3)."""
        input:
            contributions=result("contributions/contributions.parquet"),
        output:
            expand(result("figures/feature_contributions.{kind}"), kind=["svg", "png", "pdf"]),
        log:
            log_file("plot_feature_contributions"),
        benchmark:
            benchmark_file("plot_feature_contributions")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(2000),
            runtime=grows(20),
        params:
            cfg={},
            figures=FIGURE_STYLE,
            stamp=STAMP,
            code=code("plot_feature_contributions"),
        script:
            "../workflow_scripts/plot_feature_contributions.py"


rule plot_recovery:
    """Draw recall and precision of the findings against the planted truth."""
    input:
        recovery=result("audit/recovery.parquet"),
    output:
        expand(result("figures/recovery.{kind}"), kind=["svg", "png", "pdf"]),
    log:
        log_file("plot_recovery"),
    benchmark:
        benchmark_file("plot_recovery")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg={},
        figures=FIGURE_STYLE,
        stamp=STAMP,
        code=code("plot_recovery"),
    script:
        "../workflow_scripts/plot_recovery.py"


SIMULATED_ONLY = {"recovery": result("audit/recovery.parquet")} if SIMULATED else {}
TABLES = [
    *(f"table{number}" for number in range(1, 6)),
    "table3_folds",
    "claims",
    "directions",
    "published",
    "rules",
    "increments",
    "strata",
    "calibration",
    "confound_shares",
    "brain_age",
    "attrition",
    "cohort",
    "numbers",
    "publication",
    "summary",
]
# the whole of those of which at most eight columns are shown
DETAILS = [
    *(f"table{number}" for number in range(1, 6)),
    "table3_folds",
    "claims",
    "increments",
    "strata",
    "calibration",
]
TABLES += [f"{table}_details" for table in DETAILS]
_STUDY_TABLE_FILES = expand(result("tables/{table}.{kind}"), table=TABLES, kind=["csv", "parquet", "tex"])

# the atlas, of which tables say where regions lie
_PLACED = {} if OF_TABLE else ATLAS
FURTHER_TABLES = [f"table5_{name}" for name in MORE_ATLASES]
_FURTHER_TABLE_FILES = expand(result("tables/{table}.{kind}"), table=FURTHER_TABLES, kind=["csv", "parquet", "tex"])
TABLE_FILES = [*_STUDY_TABLE_FILES, *_FURTHER_TABLE_FILES]


rule make_tables:
    """Make Tables 1-5, those of claims, scores and audits beside them, and the summary."""
    input:
        unpack(lambda wildcards: encoder_winners(SUBSETS)),
        **SIMULATED_ONLY,
        **_PLACED,
        performance=result("classification/performance.parquet"),
        comparisons=result("classification/comparisons.parquet"),
        increments=result("classification/increments.parquet"),
        strata=result("classification/strata.parquet"),
        probabilities=result("classification/calibration.parquet"),
        selection=result("classification/selection.json"),
        correlations=result("scca/correlations.parquet"),
        null_correlations=NULL_CORRELATION_FILES,
        components=result("contributions/components.parquet"),
        contributions=result("contributions/contributions.parquet"),
        calibration=result("contributions/calibration.parquet"),
        directions=result("contributions/directions.parquet"),
        blocks=result("contributions/blocks.parquet"),
        credible=result("contributions/credible.parquet"),
        published=result("contributions/published.parquet"),
        snp_genes=result("genetics/snp_genes.parquet"),
        variants=result("genetics/variants.parquet"),
        terms=result("enrichment/terms.parquet"),
        confound_shares=result("audit/confound_shares.parquet"),
        brain_age=BRAIN_AGE,
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        attrition=expand(result("{stage}/attrition.parquet"), stage=ATTRITION_STAGES),
    output:
        _STUDY_TABLE_FILES,
    log:
        log_file("make_tables"),
    benchmark:
        benchmark_file("make_tables")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        **seen(**_PLACED),
        cfg={
            "models": MODELS,
            "encoders": SUBSETS,
            "proposed": PROPOSED,
            "subsets": ON_SUBSETS,
            "stamp": STAMP,
            **section("contrastive.weights", "imaging.source", "outcome.kind", "outcome.label", "outcome.group_names"),
        },
        labels=LABELS,
        code=code("make_tables"),
    script:
        "../workflow_scripts/make_tables.py"


if MORE_ATLASES:

    localrules:
        make_atlas_table,

    rule make_atlas_table:
        """Make Table 5 on a further atlas."""
        input:
            components=result("contributions/components.parquet"),
            contributions=result("contributions/atlases/{atlas}/contributions.parquet"),
            directions=result("contributions/atlases/{atlas}/directions.parquet"),
            atlas=atlas_image,
            atlas_labels=atlas_table,
        output:
            expand(result("tables/table5_{{atlas}}.{kind}"), kind=["csv", "parquet", "tex"]),
        log:
            log_file("make_atlas_table", "{atlas}"),
        benchmark:
            benchmark_file("make_atlas_table", "{atlas}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(1000),
            runtime=grows(10),
        params:
            **seen(atlas=atlas_image, atlas_labels=atlas_table),
            cfg={"stamp": STAMP, **section("outcome.label")},
            code=code("make_atlas_table"),
        script:
            "../workflow_scripts/make_atlas_table.py"


rule write_report:
    """Put figures, tables, choices and provenance into one page."""
    input:
        **SIMULATED_ONLY,
        template=shipped("resources/report.html.j2"),
        captions=expand(shipped("resources/captions/{figure}.md"), figure=FIGURES),
        figures=expand(result("figures/{figure}.png"), figure=FIGURES),
        viewer=[] if OF_TABLE else result("figures/regions.html"),
        tables=expand(result("tables/{table}.csv"), table=[*TABLES, *FURTHER_TABLES]),
        origins=[result(f"tables/{table}.parquet") for table in [*TABLES, *FURTHER_TABLES] if table != "attrition"],
        attrition=result("tables/attrition.parquet"),
        lineage=result("audit/lineage.parquet"),
        confounds=result("audit/confounds.parquet"),
        performance=result("classification/performance.parquet"),
        comparisons=result("classification/comparisons.parquet"),
        correlations=result("scca/correlations.parquet"),
        components=result("contributions/components.parquet"),
        contributions=result("contributions/contributions.parquet"),
        terms=result("enrichment/terms.parquet"),
        request=result("enrichment/request.json"),
        more_terms=expand(result("enrichment/sets/{sets}/terms.parquet"), sets=MORE_SETS),
        requests=expand(result("enrichment/sets/{sets}/request.json"), sets=MORE_SETS),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
        variants=result("genetics/variants.parquet"),
        images=result("imaging/table/columns.parquet" if OF_TABLE else "imaging/qc.parquet"),
        config=result("config.effective.yaml"),
    output:
        report=result("report.html"),
    log:
        log_file("write_report"),
    benchmark:
        benchmark_file("write_report")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        cfg={
            "choices": CHOICES,
            **section(
                "protocol",
                "simulation.enabled",
                "outcome.kind",
                "outcome.label",
                "outcome.measure",
                "outcome.group_names",
            ),
        },
        labels=LABELS,
        # written by predict_holdout, no rule's output
        ledger=result("ledger.jsonl"),
        code=code("write_report"),
    script:
        "../workflow_scripts/write_report.py"
