"""Contact data as people write them: read before masking, by the API alone; the guide itself never sees them."""

import re

from knowledge_base.guides.moves import correction_in, move_of
from knowledge_base.normalise import letters, normalise

GIVEN = "given"
"""What a guide knows of contact data: that it is there."""
_MOBILE = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d{9})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(010|02\d|0[3-9]\d{2})?([2-9]\d{6,7})(?!\d)")
_GAPS = re.compile(r"(?<=\d)[ \-–—()（）.]+(?=\d)")
_NAME = re.compile(r"[\u4e00-\u9fff·]{1,12}|[a-z][a-z .'·-]{1,39}")
_NAME_INTRODUCED = re.compile(r"^(?:我叫|我是|叫我|叫|我姓|姓|称呼|名字是|名字叫|我的名字是|我的名字叫)[,，:： ]*")
_CLAUSES = re.compile("[,.!?;:，。！？；：~]+")
_PHONE = re.compile("电话|手机|号码")
_BARE = 12
_NOT_A_NAME = re.compile("[吗呢?？]|怎么|什么|为什|多少|不想|不要|不写|不留|保密")


def read_phone(text: str) -> str | None:
    """The one phone number in a text, mobile or landline with or without area code; None without one, or with two."""
    joined = _GAPS.sub("", text.translate({code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}))
    mobiles = set(_MOBILE.findall(joined))
    if mobiles:
        return mobiles.pop() if len(mobiles) == 1 else None
    landlines = {(area, number) for area, number in _LANDLINE.findall(joined)}
    if len(landlines) != 1:
        return None
    ((area, number),) = landlines
    return f"{area}-{number}" if area else number


def read_name(text: str) -> str | None:
    """How somebody wants to be called; None where the message says something else."""
    normalised = normalise(text)
    if move_of(normalised) is not None or correction_in(normalised) is not None:
        return None
    whole, first = text.strip(), _CLAUSES.split(text.strip())[0]
    introduced = [first] if first != whole and _NAME_INTRODUCED.match(first) else []
    for words in (whole, *introduced):
        name = _NAME_INTRODUCED.sub("", words).strip(" ,，.。!！~吧")
        if _NAME.fullmatch(name.lower()) and not _NOT_A_NAME.search(name):
            return name
    return None


def corrected_contact(text: str) -> tuple[str, str] | None:
    """The phone or the name that a message puts right, as its kind and value; None where it does not.

    A phone without more words is one: nobody types a number for anything else.
    """
    rest = correction_in(normalise(text))
    phone = read_phone(text)
    if phone is not None and (rest is not None or len(letters(normalise(text))) <= _BARE or _PHONE.search(text)):
        return "phone", phone
    if rest is not None and _NAME_INTRODUCED.match(rest) and (name := read_name(rest)) is not None:
        return "name", name
    return None
