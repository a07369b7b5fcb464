"""Which day a citizen's words name. Where they name none exactly, none is read: it is asked for again."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.guides.dates import Side, read_day
from knowledge_base.normalise import normalise

TODAY = date(2026, 11, 24)
"""A Tuesday."""


def read(text: str, side: Side = "any", today: date = TODAY) -> str | None:
    day = read_day(normalise(text), today, side)
    return day.isoformat() if day else None


NAMED = """
2026年3月5日 2026-03-05
2026年03月05日 2026-03-05
2026 年 3 月 5 日 2026-03-05
2026年3月 5日 2026-03-05
２０２６年３月５日 2026-03-05
2026年3月5号 2026-03-05
2026年3月5 2026-03-05
26年3月5日 2026-03-05
98年3月5日 1998-03-05
2026-03-05 2026-03-05
2026-3-5 2026-03-05
2026/3/5 2026-03-05
2026.3.5 2026-03-05
20260305 2026-03-05
二〇二六年三月五日 2026-03-05
二零二五年十二月三十一日 2025-12-31
一九九九年十月一号 1999-10-01
2026年十一月二十三号 2026-11-23
裁决书是2026年3月5日收到的 2026-03-05
2026年3月5日，邮局送来的，晚上6点 2026-03-05
2025年，3月5号 2025-03-05
2025年的3月5号 2025-03-05
3月5日 2026-03-05
3月5号 2026-03-05
三月五号 2026-03-05
十二月三十一号 2025-12-31
11月24日 2026-11-24
11月25日 2025-11-25
3.5 2026-03-05
3.5号 2026-03-05
3/5 2026-03-05
3-5 2026-03-05
今年3月5日 2026-03-05
去年3月5日 2025-03-05
去年，3月5日 2025-03-05
去年的三月五号 2025-03-05
是去年是3月5号 2025-03-05
前年12月31号 2024-12-31
大前年1月1日 2023-01-01
这个月3号 2026-11-03
本月3日 2026-11-03
上个月15号 2026-10-15
上月15日 2026-10-15
上个月的十五号 2026-10-15
上上个月5号 2026-09-05
上上月5号 2026-09-05
上个月31号 2026-10-31
15号 2026-11-15
三号 2026-11-03
二十四号 2026-11-24
28号 2026-10-28
今天 2026-11-24
刚刚收到 2026-11-24
刚收到 2026-11-24
今早 2026-11-24
昨天 2026-11-23
昨晚 2026-11-23
昨日 2026-11-23
昨儿个 2026-11-23
前天 2026-11-22
前天晚上 2026-11-22
大前天 2026-11-21
3天前 2026-11-21
三天前 2026-11-21
两天前 2026-11-22
十天之前 2026-11-14
100天前 2026-08-16
一百二十天以前 2026-07-27
周一 2026-11-23
周二 2026-11-24
周三 2026-11-18
礼拜天 2026-11-22
星期日 2026-11-22
这周一 2026-11-23
上周三 2026-11-18
上个星期三 2026-11-18
上礼拜天 2026-11-22
上个周日 2026-11-22
上上周五 2026-11-13
2026年3月5日借的1.5万 2026-03-05
2026年3月5日离职，干了3年 2026-03-05
3月5日收到，说是15日内去 2026-03-05
今天上午，11月24号 2026-11-24
2024年2月29日 2024-02-29
"""
AHEAD = """
2026年12月1日 2026-12-01
12月1日 2026-12-01
明天 2026-11-25
明早 -
明日 2026-11-25
后天 2026-11-26
大后天 2026-11-27
3天后 2026-11-27
两天以后 2026-11-26
15号 2026-12-15
28号 2026-11-28
24号 2026-11-24
周二 2026-11-24
周一 2026-11-30
周五 2026-11-27
下周一 2026-11-30
下个星期五 2026-12-04
下下周一 2026-12-07
下个月3号 2026-12-03
下月3日 2026-12-03
下下个月3号 2027-01-03
1月5日 2027-01-05
明年1月5日 2027-01-05
昨天 -
2026年3月5日 -
上周三 -
"""
NONE = """
2026年2月30日
2月30日
2025年2月29日
2026年13月5日
2026年4月31日
4月31号
0月5日
32号
2026年3月
3月
2026年
三月份
去年三月
上个月
上周
前几天
前两天
这两天
几天前
十几天前
五六天前
十来天前
半天前
半个月前
三个月前
两年前
一周前
3月初
三月底
去年年底
上旬
3月5日左右
3月5号前后
大概3月5号
好像是15号
农历三月初五
腊月二十三
正月十五
八月十五中秋节
除夕
初三
3月5日和3月8日
3月5日到8日
3月5-8日
3到5号
3-5号
三号或五号
三四号
十五六号
3号到5号
昨天还是前天
周三周四
周三四
星期一到星期五
2026年3月5日或者2026年3月6日
2025年的事，说是3月5号
去年借的，5号还
去年今天
上个月的周三
拖了1.5年
欠我1.5万
3-5天
3.5个小时
大约3天
15日内
15日前
10日以内
120天
26.3.5
1949年10月1日
0000年1月1日
9999年9月9日
以后天天来
以前天天打我
一周三次
每周三
15号线
3号楼
第15号
(2026)沪01民终123号
12348
138123456
不知道
公司欠我钱
哪天算起

？
"""


@pytest.mark.parametrize("row", NAMED.strip().splitlines())
def test_a_day_that_is_named(row: str) -> None:
    text, expected = row.rsplit(" ", 1)
    assert (read(text), read(text, "past")) == (expected, expected)


@pytest.mark.parametrize("row", AHEAD.strip().splitlines())
def test_a_day_ahead(row: str) -> None:
    text, expected = row.rsplit(" ", 1)
    assert read(text, "future") == (None if expected == "-" else expected)


@pytest.mark.parametrize(
    "text", ["明天", "后天", "下周一", "下个月3号", "2026年11月25日", "3天后", "明年1月5日", "今年12月1日"]
)
def test_a_day_that_has_not_come_yet_is_no_past_one(text: str) -> None:
    assert (read(text, "past"), read(text) is not None) == (None, True)


@pytest.mark.parametrize("text", NONE.strip().splitlines())
@pytest.mark.parametrize("side", ["past", "any", "future"])
def test_what_names_no_day_exactly(text: str, side: Side) -> None:
    assert read(text, side) is None


@pytest.mark.parametrize(
    ("today", "text", "side", "expected"),
    [
        ("2026-01-01", "12月31日", "past", "2025-12-31"),
        ("2026-01-01", "昨天", "past", "2025-12-31"),
        ("2026-01-01", "上个月31号", "past", "2025-12-31"),
        ("2026-01-01", "31号", "past", "2025-12-31"),
        ("2026-01-01", "周三", "past", "2025-12-31"),
        ("2026-01-01", "上周一", "past", "2025-12-22"),
        ("2026-12-31", "1月1日", "future", "2027-01-01"),
        ("2026-12-31", "明天", "future", "2027-01-01"),
        ("2026-12-31", "下个月1号", "future", "2027-01-01"),
        ("2026-12-31", "1号", "future", "2027-01-01"),
        ("2028-03-01", "2月29日", "past", "2028-02-29"),
        ("2028-03-01", "昨天", "past", "2028-02-29"),
        ("2028-02-29", "2月29号", "past", "2028-02-29"),
        ("2028-02-29", "去年2月29号", "past", None),
        ("2027-03-01", "2月29日", "past", None),
        ("2027-03-01", "上个月29号", "past", None),
        ("2027-03-01", "30号", "past", None),
        ("2027-03-01", "28号", "past", "2027-02-28"),
        ("2026-11-29", "周日", "past", "2026-11-29"),
        ("2026-11-29", "这周一", "past", "2026-11-23"),
        ("2026-11-30", "上周日", "past", "2026-11-29"),
        # a day of the week beside a day confirms it, or there are two
        ("2026-11-24", "12月3号周四", "future", "2026-12-03"),
        ("2026-11-24", "周四，12月3号下午", "future", "2026-12-03"),
        ("2026-11-24", "11月22号星期天", "past", "2026-11-22"),
        ("2026-11-24", "12月3号周三", "future", None),
        ("2026-11-24", "周三或者周四", "future", None),
        ("2026-11-24", "12月3号或者10号，周四", "future", None),
    ],
)
def test_at_the_ends_of_months_and_years(today: str, text: str, side: Side, expected: str | None) -> None:
    assert read(text, side, date.fromisoformat(today)) == expected


DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@settings(deadline=None)
@given(day=DAYS, today=DAYS)
def test_a_whole_date_is_that_day_whatever_day_it_is(day: date, today: date) -> None:
    ways = [
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"我是{day.year}年{day.month}月{day.day}号收到的",
    ]
    assert {read_day(way, today) for way in ways} == {day}


@settings(deadline=None)
@given(
    text=st.text(st.sampled_from("0123456789年月日号上下个周星期前后天今昨一二三十.-/初两 ,到"), max_size=12),
    today=DAYS,
)
def test_whatever_is_typed_gives_a_day_on_the_right_side_or_none(text: str, today: date) -> None:
    past, future = read_day(text, today, "past"), read_day(text, today, "future")
    assert past is None or past <= today
    assert future is None or future >= today
