"""Seeds that depend on what is done, never on when or in which order."""

import hashlib


def derive_seed(seed: int, *purpose: str | int) -> int:
    """A 63-bit seed from the study's seed and a purpose such as ("pretraining", fold).

    Two purposes get unrelated streams, and adding a purpose changes no other one.
    """
    text = "/".join(str(part) for part in (seed, *purpose))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1
