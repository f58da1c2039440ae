#!/usr/bin/env python3
"""Write the queries, keys and values of a Hugging Face causal language model to a safetensors file.

    python3 Demos/export_qkv.py HuggingFaceTB/SmolLM2-135M --text book.txt --layers 0,12 --out trace.safetensors
    halfspace trace trace.safetensors

The model runs once over the text. Where its attention is computed, after the rotary embedding, the tensors are taken:
layers.L.q [heads, tokens, d], layers.L.k and layers.L.v [key heads, tokens, d], with the scale, the soft cap and the sink
logits that the model uses. A word for each token stands beside it, in trace.words.txt.
Needs torch, transformers and safetensors.
"""

import argparse
import contextlib

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

TYPES = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32}


@contextlib.contextmanager
def captured(model, layers):
    """Takes what the chosen layers' attention is called with: a dictionary from layer to q, k, v, scale, cap, sinks, window.

    A model looks its attention up by name when it runs; under a name of our own stands a function that takes the tensors
    and computes attention as the model's plain implementation does.
    """
    found = {}

    def attention(module, query, key, value, mask, **options):
        layer = module.layer_idx
        if layers is None or layer in layers:
            found[layer] = {
                "q": query[0],
                "k": key[0],
                "v": value[0],
                "scale": options.get("scaling") or query.shape[-1] ** -0.5,
                "softcap": options.get("softcap"),
                "sinks": getattr(module, "sinks", None),
                "window": options.get("sliding_window"),
            }
        return plain(module)(module, query, key, value, mask, **options)

    def plain(module):
        """The model's own eager function, which stands in the file of its class."""
        source = __import__(type(module).__module__, fromlist=["eager_attention_forward"])
        return source.eager_attention_forward

    before = model.config._attn_implementation
    # The mask is made for the implementation of this name: as the plain one needs it.
    ALL_ATTENTION_FUNCTIONS.register("halfspace_capture", attention)
    try:
        from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, eager_mask

        ALL_MASK_ATTENTION_FUNCTIONS.register("halfspace_capture", eager_mask)
    except ImportError:
        pass
    model.set_attn_implementation("halfspace_capture")
    try:
        yield found
    finally:
        model.set_attn_implementation(before)


def export(model, ids, layers=None, dtype=torch.float16, metadata=None):
    """Runs a model over one sequence of token ids.

    Returns the tensors and the metadata of the file. Raises ValueError where the layers have no scale or cap in common: a
    file holds one of each.
    """
    with captured(model, layers) as found, torch.no_grad():
        model(input_ids=ids.reshape(1, -1).to(model.device), use_cache=False)
    if not found:
        raise ValueError(f"no attention was seen in layers {layers}; the model has {model.config.num_hidden_layers}")
    tensors = {"token_ids": ids.reshape(-1).to(torch.int32).cpu()}
    for layer, part in sorted(found.items()):
        for name in "qkv":
            tensors[f"layers.{layer}.{name}"] = part[name].to(dtype).contiguous().cpu()
        if part["sinks"] is not None:
            tensors[f"layers.{layer}.sinks"] = part["sinks"].detach().reshape(-1).float().cpu()
        window = part["window"]
        if window and window < ids.numel():
            print(f"layer {layer} sees a window of {window} tokens alone; here it is taken to see all")

    def common(key):
        values = {part[key] for part in found.values()}
        if len(values) > 1:
            raise ValueError(f"layers {sorted(found)} differ in {key}: export them into files of their own")
        return values.pop()

    words = {
        "causal": "true",
        "rope": "applied",
        "layout": "htd",
        "scale": repr(float(common("scale"))),
        "layers": ",".join(map(str, sorted(found))),
        **(metadata or {}),
    }
    if common("softcap"):
        words["softcap"] = repr(float(common("softcap")))
    return tensors, words


def token_words(tokenizer, ids):
    """A line for each token, without line breaks in it."""
    texts = [tokenizer.decode([int(i)]) for i in ids.reshape(-1)]
    return [text.replace("\r", " ").replace("\n", "⏎").strip() or "␣" for text in texts]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a model's name on the hub, or its folder")
    parser.add_argument("--text", required=True, help="a file with the text that it reads")
    parser.add_argument("--layers", help="numbers with commas between (default: all)")
    parser.add_argument("--tokens", type=int, default=4096, help="at most so many tokens (default: 4096)")
    parser.add_argument("--dtype", choices=TYPES, default="float16", help="how numbers are stored")
    parser.add_argument("--out", default="trace.safetensors")
    options = parser.parse_args()

    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForCausalLM.from_pretrained(options.model).eval()
    with open(options.text, encoding="utf-8") as file:
        ids = tokenizer(file.read(), return_tensors="pt").input_ids[0, : options.tokens]
    layers = {int(number) for number in options.layers.split(",")} if options.layers else None
    tensors, metadata = export(model, ids, layers, TYPES[options.dtype], {"model": options.model})
    save_file(tensors, options.out, metadata)
    stem = options.out.removesuffix(".safetensors")
    with open(stem + ".words.txt", "w", encoding="utf-8") as file:
        file.writelines(word + "\n" for word in token_words(tokenizer, ids))
    print(f"{options.out}: {len(tensors) // 3} layers, {ids.numel()} tokens")


if __name__ == "__main__":
    main()
