"""Which menus the platform takes.

Source: https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html; copies of it differ on
the lengths of names and addresses, and the larger ones are allowed here.
"""

from typing import Any

_MOST_BUTTONS, _MOST_SUB_BUTTONS = 3, 5
_NAME_BYTES, _SUB_NAME_BYTES, _KEY_BYTES, _URL_BYTES = 16, 60, 128, 1024
_NEEDS_KEY = frozenset(
    (
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    )
)
_NEEDS_URL = frozenset(("view", "miniprogram"))
_SIZE, _TYPE, _NAME, _KEY, _URL, _SUB_SIZE = 40016, 40017, 40018, 40019, 40020, 40023


def menu_errcode(menu: dict[str, Any]) -> int:
    """0 for a menu that is taken, otherwise the first thing wrong with it."""
    buttons = menu.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= _MOST_BUTTONS:
        return _SIZE
    return next((code for button in buttons if (code := _top_errcode(button))), 0)


def as_shown(menu: dict[str, Any] | None) -> dict[str, Any]:
    """The answer of `get_current_selfmenu_info`, where sub-buttons are in a list of their own."""
    if menu is None:
        return {"is_menu_open": 0}
    buttons = [
        button | ({"sub_button": {"list": button["sub_button"]}} if button.get("sub_button") else {})
        for button in menu["button"]
    ]
    return {"is_menu_open": 1, "selfmenu_info": {"button": buttons}}


def _top_errcode(button: Any) -> int:
    if not isinstance(button, dict) or not _fits(button.get("name"), _NAME_BYTES):
        return _NAME
    below = button.get("sub_button")
    if not below:
        return _action_errcode(button)
    if not isinstance(below, list) or len(below) > _MOST_SUB_BUTTONS:
        return _SUB_SIZE
    return next((code for one in below if (code := _sub_errcode(one))), 0)


def _sub_errcode(button: Any) -> int:
    if not isinstance(button, dict) or not _fits(button.get("name"), _SUB_NAME_BYTES):
        return _NAME
    return _action_errcode(button)


def _action_errcode(button: dict[str, Any]) -> int:
    kind = button.get("type")
    if kind in _NEEDS_KEY:
        return 0 if _fits(button.get("key"), _KEY_BYTES) else _KEY
    if kind in _NEEDS_URL:
        return 0 if _fits(button.get("url"), _URL_BYTES) else _URL
    return _TYPE


def _fits(value: Any, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value.encode()) <= most
