"""Personal data is masked wherever it stands, and what only looks like it stays as it was typed."""

import datetime as dt
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.privacy.masking import mask

CORPORA = Path(__file__).parents[2] / "corpora" / "masking"
LABELS = "身份证号|手机号|电话|银行卡号|车牌号|护照号|邮箱|地址|微信号|QQ号|姓名|案号"
PLACEHOLDERS = {f"[{label}]" for label in LABELS.split("|")}
HOTLINES = "110|119|120|122|12110|12309|12315|12333|12338|12345|12348|12368|12377|96110"
UNITS = (
    "1|1 |1-|路|南京路|a|a.|a@a.|(2024)沪0104民|13812345678|02162471234-|1弄|订单号1 |我叫张"
    "|沪A1|一三|张三，男，|6222 |qq12345|微信a1|身份证号|[手机号]"
)
# Parts of personal data, to be put together at random.
PIECES = (
    "我叫|姓名：|张三|，男，|身份证|138|1381234|5678|-|86|+|021|62471234|（2024）|沪|0104|民初|12号|号|弄|室|路|南京西|小区|5"
    "|沪A|D12345|@qq.com|微信号：|abc_123|QQ|护照|E12345678|[手机号]|[|]|订单号|元|１３８|310104|19900307|1235|6222|0210|0112"
    "|3456|一|幺|.|转"
)
FRAGMENTS = PIECES.split("|")


def lines(name: str) -> list[str]:
    return (CORPORA / name).read_text(encoding="utf-8").splitlines()


POSITIVE = [tuple(line.split("\t")) for line in lines("positive.txt")]
LOOKALIKE = lines("lookalike.txt")


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "0" <= sign <= "9" else sign for sign in text)


# --- tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "masked"), POSITIVE)
def test_personal_data_is_masked(typed: str, masked: str) -> None:
    assert mask(typed) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize("typed", LOOKALIKE)
def test_lookalikes_stay(typed: str) -> None:
    assert mask(typed) == typed


@pytest.mark.parametrize(("typed", "masked"), POSITIVE)
def test_full_width_digits_count_too(typed: str, masked: str) -> None:
    assert mask(full_width(typed)) == full_width(masked)


def test_corpora_are_large_and_cover_every_placeholder() -> None:
    assert len(POSITIVE) >= 150
    assert len(LOOKALIKE) >= 150
    assert len(set(POSITIVE)) == len(POSITIVE)
    assert len(set(LOOKALIKE)) == len(LOOKALIKE)
    assert {found for _, masked in POSITIVE for found in re.findall(r"\[[^\]]+\]", masked)} == PLACEHOLDERS


@pytest.mark.parametrize("hotline", HOTLINES.split("|"))
@pytest.mark.parametrize("sentence", ["{}", "电话{}", "电话：{}。", "打{}没人接", "021-{}", "热线 {} 转1", "手机打{}"])
def test_public_hotlines_stay(hotline: str, sentence: str) -> None:
    assert mask(sentence.format(hotline)) == sentence.format(hotline)


def test_a_wrong_check_digit_counts_only_when_the_number_is_announced() -> None:
    assert mask("310104199003071230") == "310104199003071230"
    assert mask("我的身份证号310104199003071230") == "我的身份证号[身份证号]"


@pytest.mark.parametrize("unit", UNITS.split("|"))
def test_long_input_takes_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        started = time.perf_counter()
        mask(text)
        return time.perf_counter() - started

    seconds(500)
    assert seconds(40_000) < 5  # measured: below 0.4 s


# --- properties ---------------------------------------------------------------------------------------------------

# Left out: signs that make a sum of money or an order number of the digits beside them.
CHINESE = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, exclude_characters="元万亿块圆人单编"),
        st.sampled_from("，。！？、：；（）“” \n的我你他了吗电话住号是"),
    ),
    max_size=40,
)


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=size, max_size=size)


@st.composite
def grouped(draw: st.DrawFn, number: str, sizes: list[tuple[int, ...]]) -> str:
    """The number as one run or in one of the usual groupings, with spaces or dashes, perhaps in full-width digits."""
    groups, rest = [], number
    for size in draw(st.sampled_from([(len(number),), *sizes])):
        groups.append(rest[:size])
        rest = rest[size:]
    text = draw(st.sampled_from([" ", "-"])).join(groups)
    return full_width(text) if draw(st.booleans()) else text


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["310104", "310115", "110101", "320502", "510105", "650102", "820000"]))
    born = draw(st.dates(dt.date(1900, 1, 1), dt.date(2026, 12, 31)))
    body = f"{region}{born:%Y%m%d}" + draw(digits(3))
    # ISO 7064 MOD 11-2: the weighted sum with the check sign leaves 1; the weight of position i from the right is 2**i.
    left = sum(int(digit) << (17 - place) for place, digit in enumerate(body))
    check = (1 - left) % 11
    number = body + ("X" if check == 10 else str(check))
    return draw(grouped(number, [(6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (4, 4, 4, 4, 2)]))


@st.composite
def mobile_numbers(draw: st.DrawFn) -> str:
    number = "1" + draw(st.sampled_from("3456789")) + draw(digits(9))
    return draw(st.sampled_from(["", "+86", "+86 ", "0086"])) + draw(grouped(number, [(3, 4, 4), (3, 3, 5)]))


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    size = draw(st.integers(13, 19))
    prefix = draw(st.sampled_from(["62", "622202", "4", "51", "9558", "35", "60"]))
    body = prefix + draw(digits(size - 1 - len(prefix)))
    doubled = str.maketrans("0123456789", "0246813579")  # 2 * digit, its two digits added up
    total = sum(int(d.translate(doubled) if place % 2 == 0 else d) for place, d in enumerate(reversed(body)))
    sizes: list[tuple[int, ...]] = [(4, 4, 4, 4, size - 16)] if size > 16 else [(4, 4, 4, 4)] if size == 16 else []
    return draw(grouped(body + str(-total % 10), sizes))


@given(before=CHINESE, number=id_numbers(), after=CHINESE)
def test_valid_id_numbers_are_always_masked(before: str, number: str, after: str) -> None:
    masked = mask(before + number + after)
    assert "[身份证号]" in masked
    assert not re.search(r"\d{3}", masked)


@given(before=CHINESE, number=mobile_numbers(), after=CHINESE)
def test_mobile_numbers_are_always_masked(before: str, number: str, after: str) -> None:
    masked = mask(before + number + after)
    assert "[手机号]" in masked
    assert not re.search(r"\d{2}", masked)


@given(before=CHINESE, number=card_numbers(), after=CHINESE)
def test_valid_card_numbers_are_always_masked(before: str, number: str, after: str) -> None:
    masked = mask(before + number + after)
    # Thirteen to fifteen digits may also be a phone number with its country code, or an ID number of the old kind.
    assert re.search(r"\[(?:银行卡号|手机号|身份证号)\]", masked)
    assert not re.search(r"\d{2}", masked)


@given(st.one_of(st.text(), CHINESE, st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)))
def test_never_raises_and_is_idempotent(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.sampled_from(LOOKALIKE)), max_size=12).map(" ".join))
def test_is_idempotent_on_pieces_of_real_messages(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(
    CHINESE.filter(lambda text: not re.search("[路街道村巷园寓苑厦庄墅邸区一二三四五六七八九十百零〇叫名男女告]", text))
)
def test_plain_chinese_text_stays(text: str) -> None:
    assert mask(text) == text
