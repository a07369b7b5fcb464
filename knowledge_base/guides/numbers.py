"""Numbers and sums of money as people write them: 3500, 三千五, 1.2万, 3万5千, 二十多万."""

import re

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_HAN = "[零〇一二两俩三四五六七八九]"
_UNIT = "(?:[十百千万亿]|[kw](?![a-z]))"
_PART = rf"(?:\d+(?:\.\d+)?|{_HAN}+(?:点{_HAN}+)?|{_UNIT})"
_TOKEN = re.compile(rf"(?P<arabic>\d+(?:\.\d+)?)|(?P<han>{_HAN}+(?:点{_HAN}+)?)|(?P<unit>{_UNIT})")
_NUMBER = re.compile(rf"(?<![几第\d.百千万亿])(?!(?<=数)十)(?={_HAN}|[\d十]){_PART}+")
_GROUPED = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")
_SOME = re.compile("(?<=[0-9十百千])[多几来余](?=[十百千万亿kw])")
"""Of 二十多万 twenty are said to be sure."""
_NO_NUMBER = re.compile("[下般直些点样定起共旦切会边面旁]|分(?![钱之])")
"""What follows a sign that counts nothing: 一下, 一般, 一共, 十分."""
_NO_SUM = re.compile(
    "[个年月日号天周岁人口次遍回路家楼层栋室分毛角倍套辆台部份张条件期笔方半审种类位名户间平米斤成点时%]|星期|小时|公里"
)
"""What follows a number that counts something else than yuan."""
_PAIR = 2
_LARGEST = 10**12


def read_number(text: str) -> int | None:
    """The one number in a normalised text, rounded down; None where there is none, or several that differ."""
    return _only(text, sums=False)


def read_amount(text: str) -> int | None:
    """The sum of money in a normalised text, in yuan, rounded down.

    Of 五六千 it is the larger, of 二十多万 what is said to be sure; 三个月 and 2026年 are no sums. None where there is
    none, or several that differ.
    """
    return _only(re.sub(r"(?<=\d)[元块](?=\d)", ".", text), sums=True)


def chinese_number(text: str) -> int | None:
    """A number in Chinese or Arabic digits alone, digits in a row too (二〇二六); None of 五六, which is a guess."""
    if text.isdecimal():
        return int(text)
    if re.search(rf"{_HAN}{{2}}", text) and not (len(text) > _PAIR and re.fullmatch(f"{_HAN}+", text)):
        return (
            int("".join(str(_DIGITS[sign]) for sign in text))
            if re.fullmatch("[一二三四五六七八九][零〇]", text)
            else None
        )
    return _value(text) if _NUMBER.fullmatch(text) else None


def _only(text: str, *, sums: bool) -> int | None:
    text = _SOME.sub("", _GROUPED.sub(lambda found: found.group().replace(",", ""), text))
    found = set()
    for match in _NUMBER.finditer(text):
        if _NO_NUMBER.match(text, match.end()) or (sums and _NO_SUM.match(text, match.end())):
            continue
        found.add(_value(match.group()))
    return found.pop() if len(found) == 1 else None


def _value(text: str) -> int | None:
    """Reads from the left: a unit multiplies what is below it; a last digit after 万 or 千 counts the next unit."""
    total, section, number, unit, largest = 0.0, 0.0, 0.0, 1, 0
    before = ""
    for token in _TOKEN.finditer(text):
        if token["unit"] is None:
            number = float(token["arabic"]) if token["arabic"] else _row(token["han"])
        else:
            unit = _UNITS[token["unit"]]
            if unit < _UNITS["万"]:
                section += unit * (number if before else 1)
            elif unit > largest:
                total, section, largest = (total + section + number) * unit, 0, unit
            else:
                total, section = total + (section + number) * unit, 0
            number = 0
        before = "" if token["unit"] else token.group()
    value = round(total + section + number * (unit // 10 if unit >= _UNITS["百"] and len(before) == 1 else 1), 2)
    return int(value) if value < _LARGEST else None


def _row(signs: str) -> float:
    """Digits that stand in a row: 三〇〇〇, 一点五; of two without a zero, as in 五六千, the second."""
    whole, _, part = signs.partition("点")
    if len(whole) == _PAIR and not part and not set(whole) & set("零〇"):
        whole = whole[1]
    return float(
        "".join(str(_DIGITS[sign]) for sign in whole) + "." + "".join(str(_DIGITS[sign]) for sign in part) + "0"
    )
