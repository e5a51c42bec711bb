from snakemake.utils import min_version

min_version("9.0")


configfile: "config.yaml"


include: "rules/common.smk"
include: "rules/simulation.smk"
include: "rules/cohort.smk"
include: "rules/genetics.smk"
include: "rules/imaging.smk"
include: "rules/pretraining.smk"
include: "rules/contrastive.smk"
include: "rules/classification.smk"
include: "rules/interpretation.smk"
include: "rules/enrichment.smk"
include: "rules/audit.smk"
include: "rules/figures.smk"


# Seconds of work each, so not worth a place in a cluster's queue; enrich_genes may also need a network.
localrules:
    all,
    figures,
    tables,
    report,
    audit,
    simulate,
    null,
    write_config,
    select_terms,
    select_settings,
    summarise_contributions,
    audit_lineage,
    enrich_genes,
    make_tables,
    write_report,
    plot_wm_scores,
    plot_gm_quality,
    plot_learning_curves,
    plot_performance,
    plot_canonical_variates,
    plot_snp_contributions,
    plot_region_contributions,
    plot_recovery,


rule all:
    default_target: True
    input:
        result("report.html"),
        TABLE_FILES,
        FIGURE_FILES,
        SELECTIONS,


rule figures:
    input:
        FIGURE_FILES,
        SELECTIONS,


rule tables:
    input:
        TABLE_FILES,
        SELECTIONS,


rule report:
    input:
        result("report.html"),
        SELECTIONS,


rule audit:
    input:
        result("audit/lineage.parquet"),
        result("audit/confounds.parquet"),
        *SIMULATED_ONLY.values(),


rule null:
    input:
        result("audit/shuffle_summary.parquet"),


rule simulate:
    input:
        rules.simulate_genotypes.output,
        rules.simulate_phenotypes.output,
        rules.simulate_images.output,
