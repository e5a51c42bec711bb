OWN_ANNOTATION = {
    name: EFFECTIVE["enrichment"][name] for name in ("gmt", "obo", "gaf") if EFFECTIVE["enrichment"][name] is not None
}


rule enrich_genes:
    """Look for GO terms over-represented among the genes of the called SNPs."""
    input:
        **OWN_ANNOTATION,
        contributions=result("contributions/contributions.parquet"),
        null=expand(result("contributions/null/shares{batch}.parquet"), batch=NULL_BATCHES),
        snp_genes=result("genetics/snp_genes.parquet"),
        go=expand(
            "resources/go/{table}.parquet",
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
        cfg=section("enrichment", "contributions.rule"),
        code=code("enrich_genes"),
        seen=seen(*OWN_ANNOTATION.values()),
    script:
        "../workflow_scripts/enrich_genes.py"
