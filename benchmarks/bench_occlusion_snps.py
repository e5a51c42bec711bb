"""Occlusion of all SNPs for five components: captum's FeatureAblation against skipping and rank-one updates."""

import argparse

import numpy as np
import torch
from captum.attr import FeatureAblation

from benchmarks.common import describe_machine, median_seconds, report
from cgni.base.views import GENETICS, IMAGING
from cgni.contrastive.encoders import EncoderPair, EncoderShape
from cgni.networks.scaling import Scaling
from cgni.occlusion.losses import column_losses
from cgni.occlusion.readout import Readout, readout

_LAYERS = (400, 600, 400, 300, 150, 100)
_COMPONENTS = 5


def main() -> None:
    """Run both sides and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="500 people and 200 SNPs; under a minute")
    parser.add_argument("--peer-snps", type=int, default=10, help="SNPs captum occludes; the rest is extrapolated")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    people, snps = (500, 200) if arguments.quick else (4995, 1060)
    rng = np.random.default_rng(0)
    frequencies = rng.uniform(0.01, 0.5, snps)  # of the minor allele
    counts = rng.binomial(2, frequencies, (people, snps)).astype(np.float32)
    pair = _pair(counts)
    latent = _LAYERS[-1]
    scaling = Scaling(np.zeros(latent), np.ones(latent))
    read = readout(rng.standard_normal((latent, _COMPONENTS)), scaling, "variate")
    describe_machine()
    print(
        f"{people} people, {snps} SNPs ({(counts == 0).mean():.0%} of the counts zero), layers {list(_LAYERS)}, "
        f"{_COMPONENTS} components; CPU, {arguments.threads} threads, float32"
    )
    ours, seconds = median_seconds(
        lambda: column_losses(pair, GENETICS, counts, np.zeros(snps), read),
        1 if not arguments.quick else arguments.repeats,
    )
    few = np.arange(0, snps, max(1, snps // arguments.peer_snps))[: arguments.peer_snps]
    peer, peer_seconds = median_seconds(lambda: _captum(pair, counts, read, few), arguments.repeats)
    # captum runs a pass per SNP and one more for each component; here it also made one for all other SNPs together
    whole = peer_seconds / (len(few) + 2) * (snps + 1)
    agreement = float(np.abs(ours[:, few] - peer).max() / np.abs(peer).max())
    print(f"captum: {len(few)} SNPs in {peer_seconds:.2f} s, extrapolated per pass to all SNPs: {whole:.0f} s")
    print(f"rank one, all SNPs and components in one sweep: {seconds:.1f} s")
    cost = {"seconds": seconds, "peer_seconds_extrapolated": whole}
    report("occlusion_snps", ratio=whole / seconds, agreement=agreement, **cost)


def _pair(counts: np.ndarray) -> EncoderPair:
    torch.manual_seed(0)
    shape = EncoderShape({IMAGING: (8,), GENETICS: _LAYERS}, "relu", 0.0, normalise=True)
    return EncoderPair(shape, {IMAGING: Scaling.fit(np.eye(4)), GENETICS: Scaling.fit(counts)}).eval()


def _captum(pair: EncoderPair, counts: np.ndarray, read: Readout, snps: np.ndarray) -> np.ndarray:
    """Contributions [people, SNPs, components]; captum reads one component a call."""
    values, columns = torch.from_numpy(counts), []
    mask = torch.zeros(counts.shape[1], dtype=torch.long)  # 0: all SNPs that are not wanted, one pass together
    mask[torch.from_numpy(snps)] = torch.arange(1, len(snps) + 1)
    with torch.inference_mode():
        for component in range(_COMPONENTS):
            ablation = FeatureAblation(lambda x, c=component: read(pair.encode(GENETICS, x))[:, c])
            columns.append(ablation.attribute(values, feature_mask=mask[None])[:, torch.from_numpy(snps)].numpy())
    return np.stack(columns, axis=2)


if __name__ == "__main__":
    main()
