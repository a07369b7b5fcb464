"""The size of the catalogue and of what stands around it, as `lint --summary` prints it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from knowledge_base.entry import Entry
from knowledge_base.lexicon import load_lexicon
from knowledge_base.linter.wording import average_sentence, longest_sentence
from knowledge_base.situations import load_out_of_scope, load_situations
from knowledge_base.topics import load_topics


def summarise(entries: Sequence[Entry]) -> Iterator[str]:
    """Lines of tab-separated Chinese: one a topic, then totals."""
    kinds = Counter((entry.topic, entry.kind) for entry in entries)
    urgent = Counter(entry.topic for entry in entries if entry.urgent)
    questions: Counter[str] = Counter()
    for entry in entries:
        questions[entry.topic] += len(entry.questions)
    situations = load_situations()
    described = Counter(situation.topic for situation in situations)
    yield "主题\t问答\t办事\t紧急\t问法\t情形"
    for topic in load_topics():
        counts = kinds[topic, "question"], kinds[topic, "service"], urgent[topic], questions[topic], described[topic]
        yield "\t".join((topic, *map(str, counts)))
    for kind, lines in load_out_of_scope().items():
        yield f"范围外\t{kind}\t{len(lines)}"
    lexicon = load_lexicon()
    yield f"词库\t说法 {len(lexicon.expressions)}\t分词用词 {len(lexicon.terms)}\t音近改正 {len(lexicon.sound_alikes)}"
    wordings = sum(len(situation.wordings) for situation in situations)
    yield f"情形 {len(situations)}，说法 {wordings}；范围外 {sum(map(len, load_out_of_scope().values()))}"
    yield f"句子平均 {average_sentence(entries):.1f} 字，最长 {longest_sentence(entries)} 字"
