#!/usr/bin/env python3
"""Vocabularies, and how the packages `tokenizers` and `sentencepiece` cut texts that are made to be awkward.

    python3 Tests/GGUF/make_tokenizers.py SEED [MODEL.gguf] > Tests/ModelTests/Reference/tokenizers.json

Vocabularies are trained on the bundled play and on the texts themselves. With the file of a model whose vocabulary is byte-level, the
texts are cut by that vocabulary as well (this needs the package `gguf`).
"""

import io
import json
import pathlib
import random
import sys

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

PLAY = pathlib.Path(__file__).resolve().parents[2] / "Demos" / "texts" / "coriolanus.txt"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|im_start|>x"]
USER_DEFINED = ["<user>", "[[", "[[[["]
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

AWKWARD = [
    "", " ", "  ", "   x", "x   ", "\n", "\n\n\n", " \n ", "\t\t a\tb", "a\r\nb\r\n\r\nc", "\r", "\v\f", "x \n\n y",
    "\u00a0a\u00a0\u00a0b", "\u2003\u2009thin\u3000wide", "\u0085next\u2028line\u2029end", "\u200bzero\ufeffwidth\u2060",
    "\u1680ogham\u180emongolian", "it's IT'S don'T we'LL they're I'd I've 'm '' 's's 'S", "'tis ’tis o’clock",
    "12345 6 7890", "3.14159e-10, 1,000,000", "٣٤٥ ৪৫ Ⅻ ½ ² ₃ ① 〇 一二三", "a1b2c3 4d5e", "x²+y²=z²",
    "naïve café Ångström ÅNGSTRÖM", "e\u0301 a\u0308\u0323 n\u0303", "ﬁne ﬃ Ĳ ß ẞ ŉ ǅ", "日本語のテキスト、漢字。", "한국어 조선글",
    "ไทยภาษา", "हिन्दी में पाठ", "العربية مِن", "עברית שָׁלוֹם", "Ελληνικά Русский ΐ", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 𠜎 𒀀",
    "🙂🙃👩‍👩‍👧‍👦🏳️‍🌈🇩🇪👍🏽", "\U0010ffff\U000e0041\ue000", "\x00\x01\x1b\x7f\x1c\x1d\x1e\x1f", "a\x00b",
    "!!!???...---___", "#include <x.h>\n\tint main(void) {\n\t\treturn 0;\n\t}", "https://example.org/a?b=c&d=%20#e",
    "{\"a\": [1, 2.5, null], \"b\": \"\\n\"}", "snake_case camelCase PascalCase kebab-case", "▁under▁score ▁", "Ġ Ċ ġ",
    "“quotes” ‘single’ «guillemets» „low“", "a" * 300, " " * 200 + "x", "ab" * 150, "\n" * 64 + "x", "1" * 50,
    "the the the The THE tHe", "  two  spaces  ", "end with space ", "<0x0A> <0xE2>", "<unk> <s> </s>",
]
WITH_SPECIAL = [
    "<|im_start|>user\nHi<|im_end|>\n", "<|endoftext|><|endoftext|>", "a<|im_end|>b", " <|im_start|>x <|im_start|> x",
    "<|im_start", "|im_start|>", "<|im_end|><|im_end|", "x<|endoftext|> y 12<|endoftext|>34",
]
WITH_USER_DEFINED = ["a<user>b", "x [[ y", "x[[[y", "x[[[[[[z", "a <user> <use r> b"]


def mixed(dice, count):
    """Texts of random pieces: runs of every kind of letter, side by side."""
    kinds = [
        " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "a", "Zz", "é", "ß", "日", "ひ", "한", "я", "ع", "1", "23", "٣", "½", "Ⅷ", ".",
        ",", "'", "'s", "'LL", "’", "-", "_", "🙂", "\u0301", "\u200d", "\u0000", "$", "€", "the", " the", "ing", "\x1c", "\u2028",
    ]
    return ["".join(dice.choice(kinds) for _ in range(dice.randint(1, 40))) for _ in range(count)]


def cutter(kind):
    if kind == "qwen2":
        split = pre_tokenizers.Split(Regex(QWEN2), behavior="isolated")
        return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    words = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return words if kind == "gpt2" else pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), words])


def cases(texts, encode):
    return [{"text": text, "tokens": encode(text)} for text in texts]


def byte_level(kind, play, texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = cutter(kind)
    trainer = trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=[AddedToken(text, special=True) for text in SPECIAL],
    )
    tokenizer.train_from_iterator([play] + texts, trainer)
    trained = json.loads(tokenizer.to_str())["model"]
    words = sorted(trained["vocab"], key=trained["vocab"].get)
    return {
        "model": "gpt2", "pre": kind, "words": words, "types": [3 if word in SPECIAL else 1 for word in words],
        "merges": [merge if isinstance(merge, str) else " ".join(merge) for merge in trained["merges"]],
        "cases": cases(texts + WITH_SPECIAL, lambda text: tokenizer.encode(text, add_special_tokens=False).ids),
    }


def sentence_pieces(has_bytes, play, texts):
    model = io.BytesIO()
    lines = [line for text in [play] + texts for line in text.split("\n") if line and "\0" not in line]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=900, model_type="bpe", byte_fallback=has_bytes,
        normalization_rule_name="identity", remove_extra_whitespaces=False, character_coverage=0.9995 if has_bytes else 0.99,
        user_defined_symbols=USER_DEFINED, minloglevel=2, num_threads=1,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())

    def type_of(i):
        if pieces.is_unknown(i):
            return 2
        if pieces.is_control(i):
            return 3
        if pieces.is_byte(i):
            return 6
        text = pieces.id_to_piece(i)
        return 4 if text in USER_DEFINED else 5 if pieces.is_unused(i) else 1

    everything = range(pieces.get_piece_size())
    # Control tokens are text for `sentencepiece`, and tokens here.
    plain = [text for text in texts if "<s>" not in text] + WITH_USER_DEFINED
    return {
        "model": "llama", "words": [pieces.id_to_piece(i) for i in everything], "types": [type_of(i) for i in everything],
        "scores": [pieces.get_score(i) for i in everything], "cases": cases(plain, pieces.encode),
    }


def of_file(path, texts):
    from gguf import GGUFReader

    fields = GGUFReader(path).fields
    words = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE({word: i for i, word in enumerate(words)}, merges))
    tokenizer.pre_tokenizer = cutter(fields["tokenizer.ggml.pre"].contents())
    types = fields["tokenizer.ggml.token_type"].contents()
    tokenizer.add_special_tokens([word for word, kind in zip(words, types) if kind == 3])
    return {
        "file": path,
        "cases": cases(texts + WITH_SPECIAL, lambda text: tokenizer.encode(text, add_special_tokens=False).ids),
    }


def main():
    dice = random.Random(int(sys.argv[1]))
    play = PLAY.read_text(encoding="utf-8")[:60_000]
    texts = AWKWARD + mixed(dice, 100)
    results = [byte_level(kind, play, texts) for kind in ["gpt2", "smollm", "qwen2"]]
    results += [sentence_pieces(has_bytes, play, texts) for has_bytes in [True, False]]
    if len(sys.argv) > 2:
        results.append(of_file(sys.argv[2], texts + mixed(dice, 2000) + play.split("\n\n")))
    json.dump(results, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
