"""Cut a reply into parts that the platform takes; what is read as one thing is not cut (WX-50).

The limit is one of bytes: none is documented, and replies of 1,884 to 2,047 bytes have been refused. Where a character
as a reader sees it ends (an emoji with its skin tone, a letter with its accent), the library `regex` knows: `\\X`.
"""

from bisect import bisect_left, bisect_right
from itertools import accumulate, chain

import regex

_LONGEST_CODE_POINT = 4
_NUMERAL = "〇零一二三四五六七八九十百千万亿两"
_MEASURE = "个?(?:年|月|季度|星期|工作日|小时|钟头)|[日号天周时点分秒刻元角块毛岁倍次人份件条款项章节％]"
_CLOSING = "[”’」』》〉）)】]*"

_LINK = r"<a\b[^>]*>.*?</a>"
_ADDRESS = r"[A-Za-z][A-Za-z0-9+.-]*://[!-;=-~]+"
_ARTICLE = rf"(?:第[\d{_NUMERAL}、至到—～\-（）()]{{1,60}}[条款项章节](?:之[{_NUMERAL}]+)?)+"
_QUANTITY = rf"""
    (?:
        (?:第|百分之|千分之)? (?:[!-;=-~¥￥\p{{Nd}}]+ | [{_NUMERAL}]+) (?:{_MEASURE})*
        (?:(?<=\p{{Nd}})[\ ：．](?=\p{{Nd}}) | [至到—～–余多](?=[\p{{Nd}}{_NUMERAL}]))?
    )+
"""
"""A number, a date, an amount, a time span, also a word in Latin letters."""
_UNITS = [
    regex.compile(pattern, regex.VERBOSE | regex.DOTALL)
    for pattern in (rf"\d+\.\ {_LINK}", _LINK, _ADDRESS, _ARTICLE, _QUANTITY)
]
_GRAPHEME = regex.compile(r"\X")
_ENDS = [
    regex.compile(r"(?:\r?\n){2,}"),
    regex.compile(r"\r?\n"),
    regex.compile(rf"[。！？!?…]+{_CLOSING}"),
    regex.compile(rf"[，、；：,;:]+{_CLOSING}|[ \u3000]+"),
]
"""Where a paragraph, a line, a sentence and a clause end; the earlier, the better a place to cut."""


def split(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` bytes of UTF-8; joined, they are the text again. No text has no parts.

    The cut is at the end of a paragraph, else of a line, a sentence, a clause, as long as that fills half of the part.
    A link, URL, number or 第…条 is cut only when it is longer than a part, and then between graphemes.

    Raises:
        ValueError: the limit does not hold even one code point.
    """
    if limit < _LONGEST_CODE_POINT:
        raise ValueError(f"每段至少要有 {_LONGEST_CODE_POINT} 个字节")
    offsets = list(accumulate((len(sign.encode()) for sign in text), initial=0))
    places = _places(text, offsets, limit)
    parts, start = [], 0
    while start < len(text):
        furthest = bisect_right(offsets, offsets[start] + limit) - 1
        half = bisect_left(offsets, offsets[start] + limit // 2)
        end = furthest if furthest == len(text) else _best(places, start, half, furthest)
        parts.append(text[start:end])
        start = end
    return parts


def _places(text: str, offsets: list[int], limit: int) -> list[list[int]]:
    """Where the text may be cut, the best kind of place first, the last resort (between graphemes) at the end."""
    spans = [found.span() for unit in _UNITS for found in unit.finditer(text)]
    fitting = (range(start + 1, end) for start, end in spans if offsets[end] - offsets[start] <= limit)
    inside = set(chain.from_iterable(fitting))
    graphemes = [0, *(found.end() for found in _GRAPHEME.finditer(text))]
    between_units = [place for place in graphemes if place not in inside]
    allowed = set(between_units)
    ends = ([0, *(found.end() for found in end.finditer(text) if found.end() in allowed)] for end in _ENDS)
    return [*ends, between_units, graphemes]


def _best(places: list[list[int]], start: int, half: int, furthest: int) -> int:
    """The last place of the best kind in the second half of a part, else the last end of anything in it.

    Without any, between two units, else two graphemes, else two code points.
    """
    *ends, between_units, graphemes = (kind[bisect_right(kind, furthest) - 1] for kind in places)
    end = next((place for place in ends if place >= half), max(ends))
    return next((place for place in (end, between_units, graphemes) if place > start), furthest)
