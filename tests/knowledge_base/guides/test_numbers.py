"""Which number, and which sum of money, a citizen's words say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.guides.numbers import chinese_number, read_amount, read_number
from knowledge_base.normalise import normalise

AMOUNTS = """
3500 3500
8000元 8000
8,000元 8000
１２３４５ 12345
12,345,678元 12345678
8000.50 8000
3块5 3
三千五 3500
三千五百块 3500
三千零五十 3050
三千零五 3005
一万零五百 10500
一百二 120
两百五 250
一百零二 102
二十 20
十五 15
两万 20000
三万五 35000
三万五千 35000
3万5 35000
3万5千 35000
2千5百 2500
12万5 125000
十二万三 123000
2万5000 25000
1.2万 12000
一点五万 15000
一点二五万 12500
5w 50000
5k 5000
1.5W 15000
3万多 30000
两万多 20000
二十多万 200000
20多万 200000
十几万 100000
三百来块 300
一百二十万 1200000
一百万零五百 1000500
1亿2千万 120000000
五六千 6000
七八万 80000
三〇〇〇元 3000
零 0
0元 0
欠我大概5万块钱 50000
一共三万 30000
总数5万 50000
三个月工资一共24000 24000
每个月3000，欠了5个月 3000
2026年3月5日借的3万 30000
第三笔是2万 20000
我们两个人一起借的4万 40000
利息24%，本金10万 100000
3000就是三千 3000
"""
NO_AMOUNT = """
不知道
几千块
几十万
几万
数十万
上万
好几百
千把块
万一他不还
千万别
老百姓
一般
十分生气
一直没算
一点
一半
一分没给
三个月
两年
8点
12345678901234
3000到5000
三千或者五千
1,2万
房租2000押金3000
什么都没有

"""


@pytest.mark.parametrize("row", AMOUNTS.strip().splitlines())
def test_a_sum(row: str) -> None:
    text, expected = row.rsplit(" ", 1)
    assert read_amount(normalise(text)) == int(expected)


@pytest.mark.parametrize("text", NO_AMOUNT.splitlines())
def test_no_sum(text: str) -> None:
    assert read_amount(normalise(text)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3),
        ("三个人", 3),
        ("家里四口人", 4),
        ("两个", 2),
        ("十二岁", 12),
        ("一个人", 1),
        ("一共5个人", 5),
        ("大概20个", 20),
        ("三个，三个", 3),
        ("3个大人2个小孩", None),
        ("一下", None),
        ("第二", None),
        ("几个人", None),
        ("没有", None),
    ],
)
def test_a_number_counts_anything(text: str, expected: int | None) -> None:
    assert read_number(normalise(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5), ("05", 5), ("五", 5), ("两", 2), ("十", 10), ("十五", 15), ("二十", 20), ("三十一", 31),
        ("一百二十", 120), ("二〇二六", 2026), ("一九九九", 1999), ("二〇", 20),
        ("", None), ("五六", None), ("十五六", None), ("百", None), ("五个", None), ("五 ", None), ("-5", None), ("好", None),
    ],
)  # fmt: skip
def test_a_number_alone(text: str, expected: int | None) -> None:
    assert chinese_number(text) == expected


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_any_sum_in_digits_is_that_sum(yuan: int) -> None:
    assert {read_amount(text) for text in (str(yuan), f"{yuan:,}", f"{yuan}元", f"欠我{yuan}块钱没还")} == {yuan}


HAN = "零一二三四五六七八九"


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_any_number_of_four_places_in_chinese(thousands: int, hundreds: int, tens: int, ones: int) -> None:
    text = ""
    for digit, unit in zip((thousands, hundreds, tens, ones), ("千", "百", "十", ""), strict=True):
        text += HAN[digit] + unit if digit else "" if text.endswith("零") else "零"
    text = text.removesuffix("零")
    value = thousands * 1000 + hundreds * 100 + tens * 10 + ones
    assert (read_amount(text + "元"), read_amount(text + "万")) == (value, value * 10_000)


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789零〇一二两三四五六七八九十百千万亿kw点.,元块几多个年"), max_size=14))
def test_whatever_is_typed_gives_a_sum_or_none(text: str) -> None:
    found = read_amount(text)
    assert found is None or 0 <= found < 10**12
