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


# Seconds of work each, so not worth a place in a cluster's queue; enrich_genes may also need a network. Those that not
# every study has are listed beside their rules.
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
    audit_lineage,
    enrich_genes,
    make_tables,
    write_report,
    plot_outcome,
    plot_gm_quality,
    plot_attrition_flow,
    plot_architecture,
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
    plot_recovery,


rule all:
    """Target: the whole study, with report, tables and figures; what is run when no target is named."""
    default_target: True
    input:
        CHECKED,
        result("report.html"),
        TABLE_FILES,
        FIGURE_FILES,
        SELECTIONS,


rule figures:
    """Target: all figures, as svg, png and pdf, in figures/ of the results."""
    input:
        CHECKED,
        FIGURE_FILES,
        SELECTIONS,


rule tables:
    """Target: all tables, for reading (csv, tex), in tables/ of the results."""
    input:
        CHECKED,
        TABLE_FILES,
        SELECTIONS,


rule report:
    """Target: the report alone, report.html, one page that needs no other file."""
    input:
        CHECKED,
        result("report.html"),
        SELECTIONS,


rule audit:
    """Target: who was used for which fit, what confounds explain, and in a simulated study truth against findings."""
    input:
        CHECKED,
        result("audit/lineage.parquet"),
        result("audit/confounds.parquet"),
        result("audit/confound_shares.parquet"),
        BRAIN_AGE,
        *SIMULATED_ONLY.values(),


rule null:
    """Target: every model on shuffled labels, which is chance if nothing leaks; days of work in a large study."""
    input:
        CHECKED,
        result("audit/shuffle_summary.parquet"),


rule bundle:
    """Target: the fitted models in one file, study.cgni, for another cohort; nobody's data is in it."""
    input:
        CHECKED,
        bundled,
        SELECTIONS,


rule apply:
    """Target: the models of another study's bundle (application.bundle) on this cohort; nothing is fitted."""
    input:
        applied,


rule simulate:
    """Target: the simulated cohort alone, in simulation/ of the results; to see what input files look like."""
    input:
        rules.simulate_genotypes.output,
        rules.simulate_phenotypes.output,
        rules.simulate_images.output,


rule check:
    """Target: say what the inputs hold and what is wrong with them; nothing else is run."""
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


refuse_unknown_targets()
count_stages()
