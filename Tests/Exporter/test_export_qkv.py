#!/usr/bin/env python3
"""Tests of Demos/export_qkv.py on tiny random models that are made here: what its file says is what the model computed.

    python3 Tests/Exporter/test_export_qkv.py [halfspace]

With the program's path, the program reads the file too, and its softmax over all keys is compared as well.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Demos"))
import export_qkv

SHAPE = dict(
    hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
    vocab_size=97, max_position_embeddings=128,
)
MODELS = {
    "llama": SHAPE,
    "qwen2": SHAPE,
    # A scale that is not 1/√d, and a soft cap.
    "gemma2": dict(SHAPE, head_dim=16, query_pre_attn_scalar=40, attn_logit_softcapping=5.0),
}


def made(kind, shape):
    torch.manual_seed(7)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **shape)).eval().float()
    # The usual first weights make scores of nearly nothing.
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "_proj" in name:
                weight.mul_(12)
    return model


def own_outputs(model, ids):
    """What each layer's attention gives before its last projection: [tokens, heads · d]."""
    outputs, hooks = {}, []
    for number, layer in enumerate(model.model.layers):
        hooks.append(
            layer.self_attn.o_proj.register_forward_pre_hook(
                lambda _, arguments, number=number: outputs.__setitem__(number, arguments[0][0].detach())
            )
        )
    with torch.no_grad():
        model(input_ids=ids.reshape(1, -1), use_cache=False)
    for hook in hooks:
        hook.remove()
    return outputs


def attention(q, k, v, scale, cap):
    """Causal softmax attention in float64, [heads, tokens, d]: METHOD's definition."""
    shared = q.shape[0] // k.shape[0]
    k, v = k.repeat_interleave(shared, 0).double(), v.repeat_interleave(shared, 0).double()
    scores = q.double() @ k.transpose(1, 2) * scale
    if cap:
        scores = cap * torch.tanh(scores / cap)
    tokens = scores.shape[-1]
    scores = scores.masked_fill(torch.ones(tokens, tokens, dtype=torch.bool).triu(1), float("-inf"))
    return scores.softmax(-1) @ v


def check(kind, shape, program, folder):
    model = made(kind, shape)
    ids = torch.randint(0, 97, (48,), generator=torch.Generator().manual_seed(1))
    model.set_attn_implementation("eager")
    expected = own_outputs(model, ids)
    tensors, metadata = export_qkv.export(model, ids, {0, 2}, torch.float32, {"model": kind})
    path = os.path.join(folder, kind + ".safetensors")
    save_file(tensors, path, metadata)
    with safe_open(path, "pt") as file:
        assert set(file.keys()) == {"token_ids"} | {f"layers.{l}.{p}" for l in (0, 2) for p in "qkv"}, file.keys()
        said = file.metadata()
        scale, cap = float(said["scale"]), float(said.get("softcap", 0))
        for layer in (0, 2):
            q, k, v = (file.get_tensor(f"layers.{layer}.{part}") for part in "qkv")
            ours = attention(q, k, v, scale, cap).transpose(0, 1).reshape(48, -1)
            error = (ours - expected[layer].double()).abs().max().item()
            spread = (q.double() @ k.repeat_interleave(2, 0).double().transpose(1, 2) * scale).std().item()
            print(f"{kind} layer {layer}: spread of scores {spread:.2f}, largest difference {error:.1e}")
            assert spread > 0.3 and error < 1e-3, error
            if program:
                compare(program, path, layer, expected[layer], q.shape, folder)
    return path


def compare(program, path, layer, expected, shape, folder):
    """The program's softmax over every key of each query of the later half."""
    heads, tokens, width = shape
    for head in range(heads):
        out = os.path.join(folder, "out.npy")
        subprocess.run(
            [program, "stream", "--trace", path, "--layer", str(layer), "--head", str(head), "--n", "24",
             "--steps", "24", "--activation", "softmax", "--rule", "count", "--budget", "n^1", "--outputs", out],
            check=True, stdout=subprocess.DEVNULL,
        )
        with open(out, "rb") as file:
            rows = torch.frombuffer(bytearray(file.read()[-24 * width * 4 :]), dtype=torch.float32).reshape(24, width)
        error = (rows - expected[24:, head * width : (head + 1) * width]).abs().max().item()
        assert error < 1e-3, f"layer {layer}, head {head}: {error}"
    print(f"  halfspace agrees over all {heads} heads")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        for kind, shape in MODELS.items():
            check(kind, shape, program, folder)
        model = made("llama", SHAPE)
        try:
            export_qkv.export(model, torch.tensor([1, 2, 3]), {9})
            raise AssertionError("a layer that is not there was exported")
        except ValueError as error:
            assert "3" in str(error), error
    print("the exporter's files hold what the models computed")


if __name__ == "__main__":
    main()
