"""How what is being written would look."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.choices import ChoiceSigner
from api.staff.entries.form import content_of
from api.staff.entries.preview import Preview, preview
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import Release
from tests.api import fakes
from tests.api.staff.entries.test_form import NAMES

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def release(live_release: LiveRelease) -> Release:
    return live_release.get()


def shown(content: dict[str, object], release: Release) -> Preview:
    return preview(content, release, ChoiceSigner(fakes.SECRET_KEY), TODAY)


def wechat(one: Preview) -> str:
    return "".join(text for part in one.wechat for text, _ in part.pieces)


def test_the_citizens_page_and_wechat_show_what_is_typed(release: Release) -> None:
    content = fakes.ENTRIES[0].model_dump(mode="json") | {"answer": "新写的回答。"}
    one = shown(content, release)
    assert one.whole
    assert '<p class="lead">新写的回答。</p>' in one.web and "第30条" in one.web
    assert "新写的回答。" in wechat(one) and "怎么申请劳动仲裁" in one.web
    assert ("怎么申请劳动仲裁", True) in one.wechat[-1].pieces


def test_what_is_missing_is_marked_and_what_is_there_shown(release: Release) -> None:
    one = shown(content_of("labour.x", [("title", "有标题")]), release)
    assert not one.whole
    assert "有标题" in one.web and "（还没有填）" in one.web and "（还没有填依据）" in wechat(one)


def test_dates_that_contradict_each_other_are_no_reason_to_show_nothing(release: Release) -> None:
    content = fakes.ENTRIES[0].model_dump(mode="json") | {"valid_from": "2026-05-05", "valid_until": "2026-05-04"}
    assert "公司拖欠工资怎么办" in shown(content, release).web
    content = content_of("labour.x", [("valid_until", "2001-01-01")])
    assert not shown(content, release).whole


def test_what_does_not_fit_into_one_message_is_told_so(release: Release) -> None:
    content = fakes.ENTRIES[0].model_dump(mode="json") | {"answer": "很长的一句话说了又说。" * 150}
    one = shown(content, release)
    assert len(one.wechat) > 1
    assert all(len("".join(text for text, _ in part.pieces).encode()) <= 1800 for part in one.wechat)


@given(st.lists(st.tuples(NAMES, st.text()), max_size=20))
def test_anything_typed_can_be_shown(release: Release, fields: list[tuple[str, str]]) -> None:
    one = shown(content_of("labour.x", fields), release)
    assert one.web.lstrip().startswith("<!doctype html>") and one.wechat


def test_a_script_is_only_text(release: Release) -> None:
    evil = "<script>alert(1)</script>"
    content = fakes.ENTRIES[4].model_dump(mode="json") | {
        "title": evil,
        "answer": evil,
        "office": evil,
        "questions": [evil],
    }
    content["sources"] = [content["sources"][0] | {"page": evil, "url": "javascript:alert(1)"}]
    web = shown(content, release).web
    assert "<script>" not in web and 'href="javascript:' not in web
