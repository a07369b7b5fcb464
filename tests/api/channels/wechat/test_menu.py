"""Our own menu, and what the platform would refuse."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wechat.menu import Menu, MenuError, check_menu, load_menu, outline
from knowledge_base.topics import load_topics

URL = "https://hufa.example.cn"
CLICK = {"type": "click", "name": "公证", "key": "topic:公证"}
VIEW = {"type": "view", "name": "网页版", "url": f"{URL}/"}


def _menu(*buttons: object) -> Menu:
    return {"button": list(buttons)}


def _below(*items: object) -> Menu:
    return _menu({"name": "办事", "sub_button": list(items)})


# --- ours -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours() -> Menu:
    return load_menu(URL)


def _items(menu: Menu) -> list[dict[str, Any]]:
    return [item for top in menu["button"] for item in top["sub_button"]]


def test_wx_57_our_menu_is_one_that_the_platform_takes(ours: Menu) -> None:
    assert check_menu(ours) == []
    assert len(ours["button"]) == 3


def test_our_menu_is_within_the_limits_of_older_documents_and_of_the_screen(ours: Menu) -> None:
    for top in ours["button"]:
        assert len(top["name"]) <= 4
    for item in _items(ours):
        assert len(item["name"]) <= 7
        assert len(item["name"].encode()) <= 40
        assert len(item.get("url", "").encode()) <= 256


def test_topics_of_our_menu_are_there(ours: Menu) -> None:
    named = {item["key"].removeprefix("topic:") for item in _items(ours) if item.get("key", "").startswith("topic:")}
    assert named
    assert named <= set(load_topics())


def test_every_key_of_our_menu_is_of_a_known_kind_and_used_once(ours: Menu) -> None:
    keys = [item["key"] for item in _items(ours) if "key" in item]
    assert {key.partition(":")[0] for key in keys} == {"topic", "key"}
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("public_url", [URL, f"{URL}/"])
def test_the_web_page_is_that_of_the_given_address(public_url: str) -> None:
    assert [item["url"] for item in _items(load_menu(public_url)) if item["type"] == "view"] == [f"{URL}/"]


@pytest.mark.parametrize("public_url", ["", "http://hufa.example.cn"])
def test_without_a_public_address_there_is_no_menu(public_url: str) -> None:
    with pytest.raises(MenuError, match=r"“网页版”.*HUFA_PUBLIC_URL"):
        load_menu(public_url)


@pytest.mark.parametrize("text", ["button: [", "- 1", ""])
def test_a_file_that_is_no_menu_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "menu.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MenuError):
        load_menu(URL, path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MenuError, match=r"none\.yml 读不了"):
        load_menu(URL, tmp_path / "none.yml")


# --- the platform's rules ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "menu",
    [
        _menu(CLICK),
        _menu(CLICK, VIEW, {"name": "更多", "sub_button": [CLICK] * 5}),
        _menu({**CLICK, "name": "字" * 5 + "a"}),
        _below({**CLICK, "name": "字" * 20}),
        _below({**CLICK, "key": "k" * 128}),
        _below({**VIEW, "url": "https://" + "u" * 1016}),
        _below({**CLICK, "sub_button": []}),
        *(
            _below({"type": kind, "name": "扫码", "key": "key:scan"})
            for kind in ("scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin")
        ),
        _below({"type": "location_select", "name": "附近", "key": "key:near"}),
        _below({"type": "miniprogram", "name": "随申办", "url": URL, "appid": "wx1", "pagepath": "pages/index"}),
        _below({"type": "media_id", "name": "图", "media_id": "m"}, {"type": "article_id", "name": "文", "article_id": "a"}),
    ],
)  # fmt: skip
def test_wx_57_a_menu_within_the_rules_is_taken(menu: Menu) -> None:
    assert check_menu(menu) == []


@pytest.mark.parametrize(
    ("menu", "defect"),
    [
        (None, "菜单：button 要有 1 到 3 个一级菜单"),
        ({"button": {}}, "菜单：button 要有 1 到 3 个一级菜单"),
        (_menu(), "菜单：button 要有 1 到 3 个一级菜单"),
        (_menu(*[CLICK] * 4), "菜单：button 要有 1 到 3 个一级菜单"),
        (_menu("公证"), "一级菜单 1：应当有 name 和内容"),
        (_menu({"name": "办事"}), "一级菜单 1“办事”：没有 type，也没有子菜单"),
        (_menu({**CLICK, "name": "字" * 6}), f"一级菜单 1“{'字' * 6}”：name 有 18 个字节，最多 16 个"),
        (_menu({**CLICK, "name": " "}), "一级菜单 1“ ”：没有 name"),
        (_menu({"type": "click", "key": "k"}), "一级菜单 1：没有 name"),
        (_menu({**CLICK, "sub_button": [VIEW]}), "一级菜单 1“公证”：有子菜单就不能再有 key、type"),
        (_below(*[CLICK] * 6), "一级菜单 1“办事”：子菜单最多 5 个"),
        (_below("公证"), "一级菜单 1“办事”的第 1 项：应当有 name 和内容"),
        (_below(VIEW, {**CLICK, "name": "字" * 21}), f"一级菜单 1“办事”的第 2 项“{'字' * 21}”：name 有 63 个字节，最多 60 个"),
        (_below({"name": "再下", "sub_button": [CLICK]}), "一级菜单 1“办事”的第 1 项“再下”：子菜单下面不能再有子菜单"),
        (_below({"name": "公证", "type": "press", "key": "k"}), "一级菜单 1“办事”的第 1 项“公证”：type “press”不认识"),
        (_below({"name": "公证", "type": ["click"]}), "一级菜单 1“办事”的第 1 项“公证”：type “['click']”不认识"),
        (_below({"name": "公证", "type": "click"}), "一级菜单 1“办事”的第 1 项“公证”：没有 key"),
        (_below({**CLICK, "key": 7}), "一级菜单 1“办事”的第 1 项“公证”：没有 key"),
        (_below({**CLICK, "key": "k" * 129}), "一级菜单 1“办事”的第 1 项“公证”：key 有 129 个字节，最多 128 个"),
        (_below({**CLICK, "url": URL}), "一级菜单 1“办事”的第 1 项“公证”：click 类型不能有 url"),
        (_below({"name": "网页", "type": "view"}), "一级菜单 1“办事”的第 1 项“网页”：没有 url"),
        (_below({**VIEW, "url": "http://hufa.example.cn"}), "一级菜单 1“办事”的第 1 项“网页版”：url 要以 https:// 开头"),
        (_below({**VIEW, "url": "https://" + "u" * 1017}), "一级菜单 1“办事”的第 1 项“网页版”：url 有 1025 个字节，最多 1024 个"),
        (_below({"name": "小程序", "type": "miniprogram", "url": URL, "appid": "wx1"}), "“小程序”：没有 pagepath"),
        (_below({"name": "图", "type": "media_id"}), "“图”：没有 media_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_wx_57_a_menu_against_the_rules_is_refused_naming_the_item(menu: object, defect: str) -> None:
    defects = check_menu(menu)
    assert len(defects) == 1
    assert defect in defects[0]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = _below({**CLICK, "key": ""}, {**VIEW, "url": "ftp://x"})
    assert len(check_menu(wrong)) == 2


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["click", "view"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["button", "sub_button", "name", "type", "key", "url"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(_JSON)
def test_whatever_a_menu_is_it_is_judged_and_outlined(value: Any) -> None:
    assert all(isinstance(defect, str) for defect in check_menu({"button": value}))
    outline({"button": value})


# --- two menus --------------------------------------------------------------------------------------------------------


def test_a_menu_as_the_platform_gives_it_back_is_the_same(ours: Menu) -> None:
    theirs = json.loads(json.dumps(ours))
    theirs["menuid"] = 208396938
    for item in _items(theirs):
        item["sub_button"] = []
    assert outline(theirs) == outline(ours)


@pytest.mark.parametrize(
    ("field", "value"), [("name", "另一个"), ("key", "topic:继承"), ("type", "scancode_push"), ("url", f"{URL}/other")]
)
def test_whatever_changes_in_an_item_makes_another_menu(ours: Menu, field: str, value: str) -> None:
    theirs = deepcopy(ours)
    next(item for item in _items(theirs) if field in item)[field] = value
    assert outline(theirs) != outline(ours)


def test_another_order_makes_another_menu(ours: Menu) -> None:
    assert outline({"button": ours["button"][::-1]}) != outline(ours)


def test_an_outline_is_for_people() -> None:
    assert outline(_menu(VIEW, {"name": "办事", "sub_button": [CLICK]})) == [
        f"网页版 view {URL}/",
        "办事",
        "  公证 click topic:公证",
    ]
