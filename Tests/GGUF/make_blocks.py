#!/usr/bin/env python3
"""Quantised blocks with random contents, and their values as the package `gguf` decodes them.

    python3 Tests/GGUF/make_blocks.py SEED > Tests/ModelTests/Reference/gguf-blocks.json

The values are another program's: the decoder here is tested against them.
"""

import json
import sys

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

# Where a block has half-precision numbers: random bits there could be anything.
HALVES = {"Q4_0": [0], "Q4_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q6_K": [208]}


def blocks(name, random, count):
    size, width = GGML_QUANT_SIZES[Type[name]]
    if name in ("F32", "F16", "BF16"):
        values = random.normal(size=(1, 32 * count)).astype(np.float32)
        if name == "F32":
            return values.view(np.uint8)
        if name == "F16":
            # Small ones are subnormal.
            return (values * np.float32([1, 1e-6]).repeat(16 * count)).astype(np.float16).view(np.uint8)
        return (values.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    raw = random.integers(0, 256, size=(count, width), dtype=np.uint8)
    for at in HALVES[name]:
        halves = (random.normal(size=count) * 0.05).astype(np.float16)
        raw[:, at : at + 2] = halves.view(np.uint8).reshape(count, 2)
    return raw.reshape(1, -1)


def main():
    random = np.random.default_rng(int(sys.argv[1]))
    samples = []
    for name in ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K"]:
        raw = blocks(name, random, 2 if name.endswith("_K") else 4)
        values = dequantize(raw, Type[name]).reshape(-1)
        samples.append({"type": name, "bytes": raw.reshape(-1).tolist(), "values": [float(x) for x in values]})
    json.dump(samples, sys.stdout)


if __name__ == "__main__":
    main()
