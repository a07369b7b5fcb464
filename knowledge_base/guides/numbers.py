"""Numbers and sums of money as people write them: 3500, 三千五, 1.2万, 两万多."""

import re

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_HAN = "零〇一二两俩三四五六七八九十百千万亿"
_NUMBER = re.compile(rf"(?:\d[\d,]*(?:\.\d+)?(?:[十百千万亿kw]{{1,2}}\d?)?|[{_HAN}][{_HAN}点]*)")
_LARGEST = 10**12


def read_number(text: str) -> int | None:
    """The one number in a normalised text, rounded down; None where there is none, or several that differ."""
    found = {value for match in _NUMBER.finditer(text) if (value := _value(match.group())) is not None}
    return found.pop() if len(found) == 1 else None


def read_amount(text: str) -> int | None:
    """The sum of money in a normalised text, in yuan; of "五六千" the larger. None where there is none, or several."""
    return read_number(re.sub(r"(?<=\d)[元块](?=\d)", ".", text))


def chinese_number(text: str) -> int | None:
    """A number in Chinese or Arabic digits, nothing else; digits may stand in a row (二〇二六)."""
    if text.isdecimal():
        return int(text)
    if text and all(sign in _DIGITS for sign in text) and (len(text) != 2 or "〇" in text or "零" in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    return _value(text)


def _value(text: str) -> int | None:
    """Reads from the left: what is below a unit is multiplied by it; a digit after 万 or 千 counts the next unit."""
    text = text.replace(",", "").replace("点", ".")
    arabic = re.match(r"\d+(?:\.\d+)?", text)
    if arabic:
        number, rest = float(arabic.group()), text[arabic.end() :]
        unit = 1
        while rest and rest[0] in _UNITS:
            unit, rest = unit * _UNITS[rest[0]], rest[1:]
        number = number * unit + (int(rest) * unit / 10 if rest.isdecimal() else 0)
        return int(number) if number < _LARGEST else None
    return _han_value(text)


def _han_value(text: str) -> int | None:
    total, section, digit, last_unit = 0, 0, None, 1
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
            if digit == 0:
                last_unit = 10
        elif sign in _UNITS:
            unit = _UNITS[sign]
            if unit >= 10_000:
                total = (total + section + (digit or 0)) * unit if total + section + (digit or 0) else 0
                section = 0
            else:
                section += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        else:
            return None
    if digit is not None:
        section += digit * (last_unit // 10 if last_unit >= 100 else 1)
    value = total + section
    return value if value or any(sign in "零〇" for sign in text) else None
