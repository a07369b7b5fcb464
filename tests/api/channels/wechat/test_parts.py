"""Parts of a reply: within the limit, whole again when joined, and nothing that is read as one thing is cut (WX-50)."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from api.channels.wechat.parts import split
from api.channels.wechat.rendering import render
from api.choices import ChoiceSigner
from knowledge_base.catalogue import load_catalogue
from knowledge_base.replies import reply_with_entry

DAY = date(2026, 11, 23)
LONGEST_LINK = 363
"""Twenty characters, percent-encoded and in clear, with a signed id."""

# Each is read as one thing. The fillers between them are not, and none of them goes on with what stands beside it.
LINK = f'<a href="weixin://bizmsgmenu?msgmenucontent={quote("都不是")}&msgmenuid=abc.def">都不是</a>'
WHOLE = [
    LINK,
    f"12. {LINK}",
    "https://www.shanghai.gov.cn/zhengce/list?a=1&b=%E6%B2%AA;c=d,e.f",
    "第30条",
    "第120条之一",
    "第一百二十条之一第二款第（三）项",
    "第11、25、26、30、31条",
    "2026年11月23日",
    "二〇二六年十一月二十三日",
    "2026-11-23",
    "9：30",
    "12348",
    "021-12345678",
    "138 0000 0000",
    "12,345.67元",
    "¥5000",
    "100多万元",
    "30%",
    "百分之五十到一百",
    "5至10日",
    "十五个工作日",
    "第2次",
    "clerk@example.cn",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🇨🇳",
    "e\u0301",
    "𠮷",
    "\r\n",
]
FILLERS = ["的，", "。", "劳动者可以要求补偿。", "\n\n", "；\n", "（见", "）", "“好。”", "！！", "请问：", "<"]
LIMITS = st.integers(min_value=4, max_value=240)


def size(text: str) -> int:
    return len(text.encode())


def cuts(parts: list[str]) -> set[int]:
    """Where the text was cut."""
    return set(accumulate(map(len, parts[:-1])))


def assert_sound(text: str, limit: int) -> list[str]:
    """What holds of any text at any limit; returns the parts."""
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < size(part) <= limit for part in parts)
    return parts


@pytest.fixture(scope="module")
def replies() -> list[str]:
    """The whole catalogue as a citizen gets it in the chat, each answer with what people ask next."""
    entries = {entry.id: entry for entry in load_catalogue()}
    in_force = {name: entry for name, entry in entries.items() if entry.in_force(DAY)}
    release = SimpleNamespace(entries=entries, in_force=in_force.get, number=1)
    signer = ChoiceSigner("a secret of the tests that is long enough")
    made = (reply_with_entry(entry, release, "answered.entry") for entry in in_force.values())  # type: ignore[arg-type]
    return [render([block.model_dump(mode="json") for block in reply.blocks], signer.sign).text for reply in made]


# Any text


@given(st.text(), LIMITS)
@example("\n" * 9, 4)
@example("<a" * 9, 5)
def test_wx_50_the_parts_of_any_text_fit_and_join_to_the_text(text: str, limit: int) -> None:
    assert_sound(text, limit)


@given(st.lists(st.sampled_from([*WHOLE, *FILLERS, "\u0301", "\u200d", "\u0600"])).map("".join), LIMITS)
def test_wx_50_no_grapheme_is_cut_unless_one_alone_is_too_long(text: str, limit: int) -> None:
    found = [match.span() for match in regex.finditer(r"\X", text)]
    cut = cuts(assert_sound(text, limit))
    for start, end in found:
        if size(text[start:end]) <= limit:
            assert cut.isdisjoint(range(start + 1, end))


@given(st.lists(st.tuples(st.sampled_from(WHOLE), st.sampled_from(FILLERS)), max_size=12), LIMITS)
def test_wx_50_links_addresses_numbers_and_articles_stay_whole(pieces: list[tuple[str, str]], limit: int) -> None:
    cut = cuts(assert_sound("".join(whole + filler for whole, filler in pieces), limit))
    start = 0
    for whole, filler in pieces:
        if size(whole) <= limit:
            assert cut.isdisjoint(range(start + 1, start + len(whole))), whole
        start += len(whole) + len(filler)


@pytest.mark.parametrize("whole", [whole for whole in WHOLE if whole.strip()])
def test_wx_50_a_thing_at_the_edge_goes_to_the_next_part_whole(whole: str) -> None:
    """One byte too few for it: the part before ends where it begins."""
    limit = size(whole) + 9
    assert split(f"你好吗你{whole}", limit) == ["你好吗你", whole]


# What is longer than a part


def test_wx_50_a_link_longer_than_a_part_is_cut_and_its_neighbours_are_not() -> None:
    parts = assert_sound(f"2026年11月23日的，{LINK}，021-12345678", 60)
    assert parts[0].startswith("2026年11月23日的，")
    assert parts[-1].endswith("，021-12345678")


def test_wx_50_a_number_too_long_for_a_part_is_cut_between_digits() -> None:
    assert split("1234567890", 4) == ["1234", "5678", "90"]


def test_wx_50_a_number_beside_a_short_address_leaves_the_address_whole() -> None:
    """Taken together they are too long for a part, the address alone is not."""
    assert "https://a.example" in split("1" * 30 + "年https://a.example", 24)


def test_wx_50_a_family_too_long_for_a_part_is_cut_between_code_points() -> None:
    """Four people joined into one picture, 25 bytes."""
    assert assert_sound("👨‍👩‍👧‍👦", 7) == ["👨\u200d", "👩\u200d", "👧\u200d", "👦"]


# Where the cut is


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("一句。\n二句。\n\n三，四", ["一句。\n二句。\n\n", "三，四"], id="paragraph"),
        pytest.param("前面。说\n这里。后面，接着说", ["前面。说\n", "这里。后面，接着说"], id="line"),
        pytest.param("甲乙丙丁。戊，己庚辛壬癸", ["甲乙丙丁。", "戊，己庚辛壬癸"], id="sentence"),
        pytest.param("他说“甲乙丙。”戊，己庚辛壬癸", ["他说“甲乙丙。”", "戊，己庚辛壬癸"], id="closing quote"),
        pytest.param("甲乙丙丁，戊己庚辛壬癸", ["甲乙丙丁，", "戊己庚辛壬癸"], id="clause"),
        pytest.param("甲乙丙丁戊己庚辛壬癸", ["甲乙丙丁戊己庚辛壬", "癸"], id="anywhere"),
        pytest.param(
            "甲\n\n乙丙丁，戊己庚辛壬", ["甲\n\n乙丙丁，", "戊己庚辛壬"], id="a paragraph that leaves half empty"
        ),
        pytest.param("甲，2026年11月23日起算", ["甲，", "2026年11月23日起算"], id="half empty before a date"),
    ],
)
def test_the_cut_is_at_the_best_place_in_the_second_half(text: str, parts: list[str]) -> None:
    assert split(text, 27) == parts


@pytest.mark.parametrize("text", ["好", "好" * 8, "甲。\n\n乙。"])
def test_a_text_that_fits_is_one_part(text: str) -> None:
    assert split(text, 24) == [text]


def test_no_text_has_no_parts() -> None:
    assert split("", 300) == []


def test_a_limit_below_one_code_point_is_an_error() -> None:
    with pytest.raises(ValueError, match="4 个字节"):
        split("好", 3)


# The catalogue

READ_AS_ONE = re.compile(
    r"<a .*?</a>|https?://[!-~]+|第[^第\n]{1,24}?条(?:之[一二三四五])?|\d+年\d+月(?:\d+日)?|\d[\d.,-]*(?:元|日|个月|%)?"
)


def _broken(text: str, parts: list[str], limit: int) -> Iterator[str]:
    cut = cuts(parts)
    for found in READ_AS_ONE.finditer(text):
        if size(found[0]) <= limit and not cut.isdisjoint(range(found.start() + 1, found.end())):
            yield found[0]


@pytest.mark.parametrize("limit", [300, 600, 1800])
def test_wx_50_every_answer_of_the_catalogue_is_cut_soundly(replies: list[str], limit: int) -> None:
    assert [broken for text in replies for broken in _broken(text, assert_sound(text, limit), limit)] == []


@pytest.mark.parametrize("limit", [600, 1800])
def test_wx_50_every_part_of_the_catalogue_has_whole_links(replies: list[str], limit: int) -> None:
    parts = [part for text in replies for part in split(text, limit)]
    assert [part for part in parts if part.count("<a ") != part.count("</a>")] == []


def test_wx_50_no_link_of_the_catalogue_is_longer_than_expected(replies: list[str]) -> None:
    assert max(size(link) for text in replies for link in re.findall(r"<a .*?</a>", text)) <= LONGEST_LINK


@pytest.mark.parametrize("limit", [600, 1800])
def test_a_line_that_fits_a_part_with_a_button_is_not_cut(replies: list[str], limit: int) -> None:
    parts = [part for text in replies for part in split(text, limit)]
    buttons = [line for part in parts for line in part.splitlines() if "<a " in line]
    assert [line for line in buttons if not re.fullmatch(r"\d+\. <a .*</a>", line)] == []
