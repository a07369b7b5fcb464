"""Cut a normalised text into the features that BM25, the embedding and the router count."""

import re

import rjieba

_SEGMENT = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def words(text: str) -> list[str]:
    """Words by rjieba, punctuation left out. `text` is normalised."""
    return [word for segment in _SEGMENT.findall(text) for word in rjieba.cut(segment)]


def char_ngrams(text: str, sizes: tuple[int, ...]) -> list[str]:
    """Character n-grams inside runs of Chinese characters; runs of Latin letters or digits stay whole."""
    grams: list[str] = []
    for segment in _SEGMENT.findall(text):
        if segment[0].isascii():
            grams.append(segment)
            continue
        for size in sizes:
            grams += [segment[i : i + size] for i in range(len(segment) - size + 1)]
    return grams


def keyword_terms(text: str) -> list[str]:
    """Terms for BM25: words and character bigrams. A two-character word counts twice, which is wanted."""
    return [f"w:{word}" for word in words(text)] + char_ngrams(text, (2,))


def features(text: str) -> list[str]:
    """Features for the embedding and the router: words, and character 1-, 2- and 3-grams."""
    return [f"w:{word}" for word in words(text) if len(word) > 1] + char_ngrams(text, (1, 2, 3))
