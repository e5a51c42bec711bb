rule select_candidates:
    """Select the brain eQTLs whose gene is in the protein network."""
    input:
        eqtl=INPUTS["eqtl"],
        eqtl_snps=optional(INPUTS["eqtl_snps"]),
        ppi=INPUTS["ppi"],
        genes=shipped("resources/go/genes.parquet"),
        aliases=shipped("resources/go/aliases.parquet"),
    output:
        candidates=result("genetics/candidates.parquet"),
        attrition=result("genetics/selection_attrition.parquet"),
    log:
        log_file("select_candidates"),
    benchmark:
        benchmark_file("select_candidates")
    priority: 50  # a mistake in the inputs shows before anything is trained
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        **seen(
            eqtl=INPUTS["eqtl"],
            eqtl_snps=optional(INPUTS["eqtl_snps"]),
            ppi=INPUTS["ppi"],
        ),
        cfg=section("genetics.eqtl", "inputs.genotypes.chromosomes"),
        code=code("select_candidates"),
    script:
        "../workflow_scripts/select_candidates.py"


rule qc_variants:
    """Judge one chromosome's candidates and keep the genotypes of those that pass."""
    input:
        genotypes=genotype_file("genotypes"),
        people=genotype_file("people"),
        variants=genotype_file("variants"),
        mfi=genotype_file("mfi"),
        candidates=result("genetics/candidates.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        qc=result("genetics/chrom{chrom}/qc.parquet"),
        genotypes=result("genetics/chrom{chrom}/genotypes.parquet"),
    log:
        log_file("qc_variants", "chrom{chrom}"),
    benchmark:
        benchmark_file("qc_variants", "chrom{chrom}")
    priority: 50  # a mistake in the inputs shows before anything is trained
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        **seen(
            genotypes=genotype_file("genotypes"),
            people=genotype_file("people"),
            variants=genotype_file("variants"),
            mfi=genotype_file("mfi"),
        ),
        cfg=section("genetics.qc", "genetics.coding.values", "people.reference"),
        code=code("qc_variants"),
    script:
        "../workflow_scripts/qc_variants.py"


rule build_genotypes:
    """Gather all chromosomes: variants, genes, LD blocks, copies of the counted allele."""
    input:
        qc=expand(result("genetics/chrom{chrom}/qc.parquet"), chrom=CHROMOSOMES),
        genotypes=expand(result("genetics/chrom{chrom}/genotypes.parquet"), chrom=CHROMOSOMES),
        candidates=result("genetics/candidates.parquet"),
        selection=result("genetics/selection_attrition.parquet"),
        participants=result("cohort/participants.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        variants=result("genetics/variants.parquet"),
        snp_genes=result("genetics/snp_genes.parquet"),
        genotypes=result("genetics/genotypes.parquet"),
        ld_blocks=result("genetics/ld_blocks.parquet"),
        attrition=result("genetics/attrition.parquet"),
    log:
        log_file("build_genotypes"),
    benchmark:
        benchmark_file("build_genotypes")
    priority: 50  # a mistake in the inputs shows before anything is trained
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(4000),
        runtime=grows(30),
    params:
        cfg=section(
            "inputs.genotypes.build",
            "inputs.genotypes.chromosomes",
            "genetics.ld",
            "people.reference",
        ),
        code=code("build_genotypes"),
    script:
        "../workflow_scripts/build_genotypes.py"


rule fill_genotypes:
    """Compute what missing counts become in a fold: its training people's means."""
    input:
        genotypes=result("genetics/genotypes.parquet"),
        splits=result("cohort/splits.parquet"),
    output:
        fill=result("genetics/fold{fold}/fill.parquet"),
    log:
        log_file("fill_genotypes", "fold{fold}"),
    benchmark:
        benchmark_file("fill_genotypes", "fold{fold}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        cfg=section("genetics.coding.fill"),
        code=code("fill_genotypes"),
    script:
        "../workflow_scripts/fill_genotypes.py"


rule thin_genotypes:
    """Thin one chromosome to common SNPs in approximate linkage equilibrium."""
    input:
        genotypes=genotype_file("genotypes"),
        people=genotype_file("people"),
        variants=genotype_file("variants"),
        mfi=genotype_file("mfi"),
        images=image_table(),
    output:
        bed=result("genetics/chrom{chrom}/thin.bed"),
        bim=result("genetics/chrom{chrom}/thin.bim"),
        fam=result("genetics/chrom{chrom}/thin.fam"),
    log:
        log_file("thin_genotypes", "chrom{chrom}"),
    benchmark:
        benchmark_file("thin_genotypes", "chrom{chrom}")
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=grows(8000),
        runtime=grows(240),
    params:
        **seen(
            genotypes=genotype_file("genotypes"),
            people=genotype_file("people"),
            variants=genotype_file("variants"),
            mfi=genotype_file("mfi"),
            images=image_table(),
        ),
        **seen_maps(contents=False),
        cfg=section("genetics.thin", *IMAGE_KEYS),
        code=code("thin_genotypes"),
    script:
        "../workflow_scripts/thin_genotypes.py"
