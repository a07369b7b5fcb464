"""The menu is taken, shown and deleted, or refused with the first thing wrong."""

from typing import Any

import pytest

from tests.api.channels.wechat.simulator.conftest import World

CLICK = {"type": "click", "name": "转人工", "key": "key:person"}
VIEW = {"type": "view", "name": "网页版", "url": "https://example.com"}
MENU = {"button": [CLICK, {"name": "更多", "sub_button": [VIEW, CLICK]}]}


async def call(world: World, method: str, path: str, body: Any = None) -> dict[str, Any]:
    token, _ = world.state.tokens.normal()
    answer = await world.api.request(method, path, params={"access_token": token}, json=body)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_menu_is_made_shown_and_deleted(world: World, method: str) -> None:
    assert await call(world, "POST", "/menu/create", MENU) == {"errcode": 0, "errmsg": "ok"}
    assert await call(world, "GET", "/menu/get") == {"menu": MENU}
    shown = await call(world, "GET", "/get_current_selfmenu_info")
    assert shown["is_menu_open"] == 1
    assert shown["selfmenu_info"]["button"] == [CLICK, {"name": "更多", "sub_button": {"list": [VIEW, CLICK]}}]
    assert (await call(world, method, "/menu/delete"))["errcode"] == 0
    assert (await call(world, "GET", "/menu/get"))["errcode"] == 46003
    assert await call(world, "GET", "/get_current_selfmenu_info") == {"is_menu_open": 0}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        (None, 40016),
        ([], 40016),
        ([CLICK] * 4, 40016),
        (["x"], 40018),
        ([CLICK | {"name": ""}], 40018),
        ([CLICK | {"name": "公共法律服务"}], 40018),
        ([CLICK | {"name": "公共法律ab"}], 0),
        ([CLICK | {"type": "dance"}], 40017),
        ([{"name": "转人工"}], 40017),
        ([CLICK | {"key": "k" * 129}], 40019),
        ([CLICK | {"key": "k" * 128}], 0),
        ([{"type": "click", "name": "转人工"}], 40019),
        ([VIEW | {"url": "u" * 1025}], 40020),
        ([{"name": "更多", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "更多", "sub_button": [CLICK] * 5}], 0),
        ([{"name": "更多", "sub_button": [VIEW | {"url": ""}]}], 40020),
        ([{"name": "更多", "sub_button": [CLICK | {"name": "公" * 21}]}], 40018),
    ],
)
async def test_what_is_wrong_with_a_menu_is_said(world: World, buttons: Any, code: int) -> None:
    assert (await call(world, "POST", "/menu/create", {"button": buttons}))["errcode"] == code
    assert (world.state.menu is not None) == (code == 0)
