"""Put right the legal terms that were typed with other characters of the same sound: 取保后审 for 取保候审.

The mistakes that the lexicon lists come first. Beyond them, a run of characters that sounds like a term of the
lexicon becomes that term, if the run is not made of ordinary words. Tones do not count, nor do the sounds that many
people do not keep apart.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from pypinyin import lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict
from pypinyin.pinyin_dict import pinyin_dict

from knowledge_base.analysis import dictionary_words
from knowledge_base.lexicon import Lexicon, PhraseFinder, load_lexicon

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FINALS = ("ang", "eng", "ing")
_LEAST_LENGTH = 3
"""Shorter terms sound like too much else; they are only looked for when same_sound.txt names them."""
_SAFE_LENGTH = 5
"""Of so many characters on, a term is recognised even where the mistake happens to make a word."""
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿半")
_WORDS_OF_ONE = frozenset(
    "的了我要不吗说是没在能人他去给有还就被都到写和也上问个把先钱来想做里或过谁那跟找可拿着打后讲月算办走看让一赔签你"
    "叫会用出按再等这又才开好得她交内带收法哪证由买从请前只卖告对与年退起换日车啥时查多向住小认分判付管补发跑事全罚该"
    "帮爸老张妈以大欠点当家报改纸行天完房扣送提字新放下应号它弄地信伐归加进转拍怕卡未停回满留成关定断吃娃费份少撞包为"
    "听接掉店受另谈拖干替啊并所微死寄养借花差章租领刚快单假三连离错派货盖别账早头丢但坐挂无编拆贴倒清翻约本八搬装坏拉"
    "往中各备调选二抓修生原因厂数援手群考款经推高名最万路活刷太凭已吧作催照书重批条真占伤肯剩评见期光门市比区楼标撤自"
    "呢两网砸非话填红种骗锁旧晚动总六票核压块逼同空抢咋像垫图囡价页狗喝水表女主律取债排四穿闵担五外吵岁摔学套追赢封急"
    "印更呀药村输掏白懂画权牌立骂须抵站哥至偷长很线脸超低投玩仍九男结抽腿害闹户合变半裁墙机躺方讨递局罪弟睡押爹哭酒病"
    "靠俩骑工读零码挖堵存案减抱续驾越道反保类验扫陪贷漏项供录责却念散戴致犯涨拦争碰脚黑喊赶劝隔搞忘拒税治托审何笔针猫飞"
)
"""Characters that often stand as words of their own in what citizens write. Beside a word they are meant: 律师非要."""


class _Syllable:
    """What may follow when the syllables up to here were heard, and the terms that end here."""

    def __init__(self) -> None:
        self.next: dict[str, _Syllable] = {}
        self.terms: list[str] = []


class _Heard(NamedTuple):
    """A place that sounds like a term and is written otherwise at the positions changed."""

    start: int
    end: int
    term: str
    changed: tuple[int, ...]


class SoundAlikes:
    """The terms of a lexicon by their sound."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._targets = {term for term in lexicon.terms if len(term) >= _LEAST_LENGTH} | set(lexicon.same_sound)
        self._guard = PhraseFinder(lexicon.guard)
        self._root = _Syllable()
        syllables = set()
        for term in sorted({*lexicon.terms, *lexicon.same_sound}):
            node = self._root
            for syllable in map(_folded, lazy_pinyin(term)):
                syllables.add(syllable)
                node = node.next.setdefault(syllable, _Syllable())
            node.terms.append(term)
        self._readings = {
            character: kept
            for character, readings in _readings_in_use().items()
            if (kept := tuple(sorted({_folded(reading) for reading in readings} & syllables)))
        }

    def correct(self, text: str) -> str:
        """The normalised text with misspelt terms put right, as long as before. Applying it again changes nothing."""
        typed = self._lexicon.correct(text)
        corrected = typed
        while (better := self._corrected_once(corrected)) != corrected:
            corrected = better
        # A text that the listed mistakes would change once more would not be final.
        return corrected if corrected == typed or self._lexicon.correct(corrected) == corrected else typed

    def _corrected_once(self, text: str) -> str:
        right: set[int] = set()
        mistakes = []
        for start, end, term in self._sounding(text):
            changed = tuple(i for i in range(start, end) if text[i] != term[i - start])
            if not changed:
                right.update(range(start, end))
            elif term in self._targets and len(changed) < len(term):
                mistakes.append(_Heard(start, end, term, changed))
        if not mistakes:
            return text
        for position, phrase in self._guard.find(text):
            right.update(range(position, position + len(phrase)))
        cut = _Cut(text)
        characters = list(text)
        for heard in sorted(mistakes, key=lambda heard: (-len(heard.term), len(heard.changed), heard)):
            if right.isdisjoint(heard.changed) and _is_mistake(heard, text, cut):
                characters[heard.start : heard.end] = heard.term
                right.update(range(heard.start, heard.end))
        return "".join(characters)

    def _sounding(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and term of every place that sounds like a term, the rightly written ones too."""
        readings = [self._readings.get(character, ()) for character in text]
        for start in range(len(text)):
            nodes, end = [self._root], start
            while nodes and end < len(text):
                nodes = [node.next[syllable] for node in nodes for syllable in readings[end] if syllable in node.next]
                end += 1
                for node in nodes:
                    for term in node.terms:
                        yield start, end, term


class _Cut:
    """Where the words of a text begin and end."""

    def __init__(self, text: str) -> None:
        lengths = [len(word) for word in dictionary_words(text)]
        self._borders = {0, *accumulate(lengths)}
        self._alone = [length == 1 for length in lengths for _ in range(length)]

    def goes_through(self, heard: _Heard) -> bool:
        """Whether a word lies across the beginning or the end of a place."""
        return not {heard.start, heard.end} <= self._borders

    def is_alone(self, position: int) -> bool:
        """Whether a character belongs to no longer word."""
        return self._alone[position]


def _is_mistake(heard: _Heard, text: str, cut: _Cut) -> bool:
    written = {character for i in heard.changed for character in (text[i], heard.term[i - heard.start])}
    if cut.goes_through(heard) or not _NUMERALS.isdisjoint(written):
        return False
    if len(heard.term) < _SAFE_LENGTH and not all(map(cut.is_alone, heard.changed)):
        return False
    edges = ((heard.start, heard.start + 1), (heard.end - 1, heard.end - 2))
    return not any(
        edge in heard.changed
        and text[edge] in _WORDS_OF_ONE
        and (len(heard.term) < _LEAST_LENGTH or not cut.is_alone(neighbour))
        for edge, neighbour in edges
    )


def _readings_in_use() -> dict[str, set[str]]:
    """The toneless syllables of every character: the usual one, and those that words give it.

    Readings that stand in no word are left out: 搬 was once also read as 诉 is.
    """
    toneless = lru_cache(maxsize=None)(to_normal)
    readings = {chr(code): {toneless(marked.partition(",")[0])} for code, marked in pinyin_dict.items()}
    for phrase, syllables in phrases_dict.items():
        if len(phrase) == len(syllables):
            for character, (marked, *_) in zip(phrase, syllables, strict=True):
                readings.setdefault(character, set()).add(toneless(marked))
    return readings


def _folded(syllable: str) -> str:
    """A syllable without what is often mixed up: zh and z, ch and c, sh and s, n and l, a final ng and n."""
    for initial, other in _INITIALS:
        if syllable.startswith(initial):
            syllable = other + syllable[len(initial) :]
            break
    return syllable[:-1] if syllable.endswith(_FINALS) else syllable


def correct(text: str) -> str:
    """A normalised text with misspelt legal terms replaced by the lexicon's term of the same sound."""
    return _sound_alikes().correct(text)


@lru_cache(maxsize=1)
def _sound_alikes() -> SoundAlikes:
    return SoundAlikes(load_lexicon())
