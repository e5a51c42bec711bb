from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/common_models.smk"
include: "rules/simulation.smk"
include: "rules/cohort.smk"
include: "rules/genetics.smk"
include: "rules/imaging.smk"
include: "rules/pretraining.smk"
include: "rules/transfer.smk"
include: "rules/contrastive.smk"
include: "rules/classification.smk"
include: "rules/scca.smk"
include: "rules/occlusion.smk"
include: "rules/contributions.smk"
include: "rules/enrichment.smk"
include: "rules/audit.smk"
include: "rules/application.smk"
include: "rules/figures.smk"


# Seconds of work each, so not worth a place in a cluster's queue; enrich_genes may also need a network.
localrules:
    all,
    figures,
    tables,
    report,
    audit,
    bundle,
    apply,
    simulate,
    null,
    check,
    check_inputs,
    write_config,
    select_terms,
    select_settings,
    test_components,
    summarise_contributions,
    summarise_atlas,
    audit_lineage,
    enrich_genes,
    enrich_more_sets,
    make_tables,
    make_atlas_table,
    write_report,
    write_bundle,
    write_application_report,
    plot_outcome,
    plot_gm_quality,
    plot_attrition_flow,
    plot_architecture,
    plot_map_making,
    plot_learning_curves,
    plot_performance,
    plot_discrimination,
    plot_ablation,
    plot_embeddings,
    plot_canonical_variates,
    plot_component_null,
    plot_snp_contributions,
    plot_region_contributions,
    plot_linkage,
    plot_allele_effects,
    plot_enriched_terms,
    view_regions,
    plot_feature_contributions,
    plot_recovery,


rule all:
    """The whole study: report, tables, figures."""
    default_target: True
    input:
        CHECKED,
        result("report.html"),
        TABLE_FILES,
        FIGURE_FILES,
        SELECTIONS,


rule figures:
    """All figures."""
    input:
        CHECKED,
        FIGURE_FILES,
        SELECTIONS,


rule tables:
    """All tables."""
    input:
        CHECKED,
        TABLE_FILES,
        SELECTIONS,


rule report:
    """The report: one self-contained page."""
    input:
        CHECKED,
        result("report.html"),
        SELECTIONS,


rule audit:
    """Who was used for which fit, confounds, and (simulated study) truth against findings."""
    input:
        CHECKED,
        result("audit/lineage.parquet"),
        result("audit/confounds.parquet"),
        result("audit/confound_shares.parquet"),
        BRAIN_AGE,
        *SIMULATED_ONLY.values(),


rule null:
    """Every model on shuffled labels: chance, if nothing leaks."""
    input:
        CHECKED,
        result("audit/shuffle_summary.parquet"),


rule bundle:
    """The fitted models in one file, for another cohort; nobody's data is in it."""
    input:
        CHECKED,
        bundled,
        SELECTIONS,


rule apply:
    """The models of another study's bundle on this cohort; nothing is fitted."""
    input:
        applied,


rule simulate:
    """The simulated cohort alone."""
    input:
        rules.simulate_genotypes.output,
        rules.simulate_phenotypes.output,
        rules.simulate_images.output,


rule check:
    """Say what the inputs hold, and what is wrong with them; nothing else is run."""
    input:
        result("audit/inputs.txt"),
    log:
        log_file("check"),
    conda:
        "envs/environment.yaml"
    shell:
        "cat {input:q} 2> {log:q}"


rule write_config:
    """Write down the config in force."""
    output:
        config=result("config.effective.yaml"),
    log:
        log_file("write_config"),
    benchmark:
        benchmark_file("write_config")
    conda:
        "envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=grows(500),
        runtime=grows(5),
    params:
        cfg=section(*EFFECTIVE),
        code=code("write_config"),
    script:
        "workflow_scripts/write_config.py"
