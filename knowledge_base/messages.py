"""How a message is put together: several questions in one, and messages that go on from the one before."""

import re
from itertools import pairwise

_LONGEST_CONTINUATION = 24
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_NEXT_QUESTION = re.compile(
    r"(?<=[,，吗呢么吧办钱久少谁里分赔])"
    r"(?=还有|另外(?![的几两三半]|[一那](?!个问题))|还想问|再问(?:一下|下|个|问|,|，)|顺便|第二(?:个问题|[,，是要])|其次)"
    r"|(?<=[吗呢么][,，])"
)
"""Where in a sentence a further question begins: "怎么办，还有孩子归谁", not "什么情况下还有补偿", "第二天"."""
_ASKS = re.compile(
    r"[?？吗呢]|(?<![讨步砍乱滥采])伐(?!木)|(?<![那这多要什怎])么|怎么(?![都也])|咋|如何|多少|多久|什么(?![都也])|啥(?![都也])|哪(?!怕)"
    r"|(?<![十百千好这那])几(?![百千万十乎])|谁(?![都也])|(?![动时]不)(\w)不\1|可不可以|有没有|能否|可否|是否"
)
_CONTINUES = re.compile(
    r"^(?:那|如果|要是|假如|万一|换成|换作|可是|但|不过(?!户)|可(?![以能否不靠])|而且|还有|他(?!人)|她|它|对方|这样|这种|这个)"
    r"|^(?:(?![怎多什哪谁几啥咋如]).){1,10}呢[?？]?$"
)
"""The end of "那押金呢" and "没有合同呢", not of a question that stands alone, such as "拖欠工资怎么办呢"."""
_CLAUSE = re.compile(r"[^,，。！？!?；;\n]+")
_CLAUSE_WITH_END = re.compile(r"[^,，。！？!?；;\n]+[,，。！？!?；;\n]*")
_SHORTEST_QUESTION = 4
_MOST_QUESTIONS = 4
_SHORTEST_STORY, _SHORTEST_PART, _MOST_PARTS = 40, 20, 2


def split_questions(text: str) -> list[str]:
    """The questions of a normalised message that asks at least two; otherwise none.

    A sentence that asks nothing belongs to the question after it, or, at the end, to the one before.
    """
    sentences = [part for sentence in _SENTENCE.findall(text) for part in _NEXT_QUESTION.split(sentence) if part]
    questions: list[str] = []
    story = ""
    for sentence in sentences:
        story += sentence
        if _ASKS.search(sentence) and len(sentence) >= _SHORTEST_QUESTION:
            questions.append(story)
            story = ""
    if story and questions:
        questions[-1] += story
    return questions[:_MOST_QUESTIONS] if len(questions) > 1 else []


def parts_of(text: str) -> list[str]:
    """The parts of a normalised message that are matched apart as well as together; none when it is of one piece.

    They are its questions when it asks several, otherwise two parts of a long story, cut between clauses: more of them
    find no more and take their time.
    """
    questions = split_questions(text)
    if questions or len(text) < _SHORTEST_STORY:
        return questions
    parts: list[str] = []
    for clause in _CLAUSE_WITH_END.findall(text):
        if parts and len(parts[-1]) < _SHORTEST_PART:
            parts[-1] += clause
        else:
            parts.append(clause)
    while len(parts) > 1 and (len(parts) > _MOST_PARTS or len(parts[-1]) < _SHORTEST_PART):
        pairs = [len(first) + len(second) for first, second in pairwise(parts)]
        at = len(parts) - 2 if len(parts[-1]) < _SHORTEST_PART else pairs.index(min(pairs))
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts if len(parts) > 1 else []


def asking_clause(text: str) -> str:
    """The last clause of a normalised message that asks something; the last one when none does.

    Clauses of less than four characters are left out; a message of nothing else is given back whole.
    """
    clauses = [clause for clause in _CLAUSE.findall(text) if len(clause) >= _SHORTEST_QUESTION]
    asking = [clause for clause in clauses if _ASKS.search(clause)]
    clause: str = (asking or clauses or [text])[-1]
    return clause


def continues(text: str) -> bool:
    """Whether a normalised message looks like it goes on from the one before: "那如果没有合同呢"."""
    return len(text) <= _LONGEST_CONTINUATION and bool(_CONTINUES.search(text))
