OWN_ANNOTATION = {
    name: EFFECTIVE["enrichment"][name] for name in ("gmt", "obo", "gaf") if EFFECTIVE["enrichment"][name] is not None
}

_ENRICHMENT_KEYS = [f"enrichment.{key}" for key in EFFECTIVE["enrichment"] if key != "more_sets"]


rule enrich_genes:
    """Look for GO terms over-represented among the genes of the called SNPs."""
    input:
        **OWN_ANNOTATION,
        contributions=result("contributions/contributions.parquet"),
        null=expand(result("contributions/null/shares{batch}.parquet"), batch=NULL_BATCHES),
        snp_genes=result("genetics/snp_genes.parquet"),
        go=expand(
            shipped("resources/go/{table}.parquet"),
            table=["terms", "parents", "annotations", "genes", "aliases"],
        ),
    output:
        terms=result("enrichment/terms.parquet"),
        request=result("enrichment/request.json"),
    log:
        log_file("enrich_genes"),
    benchmark:
        benchmark_file("enrich_genes")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        **seen(**OWN_ANNOTATION),
        cfg=section(*_ENRICHMENT_KEYS, "contributions.rule"),
        code=code("enrich_genes"),
    script:
        "../workflow_scripts/enrich_genes.py"


if MORE_SETS:

    localrules:
        enrich_more_sets,

    rule enrich_more_sets:
        """Look for sets of a further file that are over-represented among the genes of the called SNPs."""
        input:
            gmt=lambda wildcards: MORE_SETS[wildcards.sets],
            contributions=result("contributions/contributions.parquet"),
            null=expand(result("contributions/null/shares{batch}.parquet"), batch=NULL_BATCHES),
            snp_genes=result("genetics/snp_genes.parquet"),
            go=expand(
                shipped("resources/go/{table}.parquet"),
                table=["terms", "parents", "annotations", "genes", "aliases"],
            ),
        output:
            terms=result("enrichment/sets/{sets}/terms.parquet"),
            request=result("enrichment/sets/{sets}/request.json"),
        log:
            log_file("enrich_more_sets", "{sets}"),
        benchmark:
            benchmark_file("enrich_more_sets", "{sets}")
        conda:
            ENVIRONMENT
        threads: 1
        resources:
            mem_mb=grows(2000),
            runtime=grows(30),
        params:
            **seen(gmt=lambda wildcards: MORE_SETS[wildcards.sets]),
            cfg=section(
                "enrichment.background",
                "enrichment.min_term_size",
                "enrichment.max_term_size",
                "contributions.rule",
            ),
            code=code("enrich_more_sets"),
        script:
            "../workflow_scripts/enrich_more_sets.py"
