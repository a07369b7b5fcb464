"""The text of the facet 材料, taken apart into papers to tick and remarks to read. Nothing is added to it."""

from dataclasses import dataclass

from knowledge_base.rules.notary_rules import MaterialWords


@dataclass(frozen=True)
class Materials:
    """papers: things to bring, one each. remarks: what the text says besides, whole sentences."""

    papers: tuple[str, ...]
    remarks: tuple[str, ...]


def take_apart(text: str, words: MaterialWords) -> Materials:
    """Papers and remarks of a facet's text, in its order and its words.

    Only the sentence that begins the list is cut at each 、; later sentences ("卖车的，结婚证也先备好") hold for some
    people only, and stay whole.
    """
    papers: list[str] = []
    remarks: list[str] = []
    listed = False
    for sentence in filter(None, (part.strip() for part in text.replace("\n", "").split("。"))):
        if any(phrase in sentence for phrase in words.leave_out):
            continue
        if papers and sentence.startswith(words.of_the_last):
            papers[-1] += f"（{sentence.removeprefix(words.of_the_last)}）"
            continue
        before, lead, after = sentence.partition(words.lead)
        if not listed and not _is_remark(sentence, words):
            papers += _list(after if lead else before, words)
            listed = True
        elif _is_remark(sentence, words):
            remarks.append(sentence)
        else:
            papers.append(sentence)
    return Materials(tuple(dict.fromkeys(papers)), tuple(remarks))


def _is_remark(sentence: str, words: MaterialWords) -> bool:
    return any(word in sentence for word in words.remarks)


def _list(text: str, words: MaterialWords) -> list[str]:
    """The papers of the sentence that lists them: each of its first clause, the later clauses whole."""
    first, *others = text.split("，")
    papers = first.split("、")
    for other in others:
        for word in words.and_also:
            other = other.removeprefix(word)
        papers.append(other)
    return _joined(papers, words)


def _joined(papers: list[str], words: MaterialWords) -> list[str]:
    """Papers, where a mere person ("父母") goes with what follows ("父母、孩子的身份证明")."""
    joined: list[str] = []
    for paper in papers:
        if joined and joined[-1] in words.people:
            joined[-1] += f"、{paper}"
        else:
            joined.append(paper)
    return joined
