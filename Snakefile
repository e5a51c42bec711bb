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


localrules:
    all,
    figures,
    tables,
    report,
    audit,
    simulate,


rule all:
    default_target: True
    input:
        rules.report.input,


