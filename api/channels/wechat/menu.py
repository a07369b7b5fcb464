"""The menu as code: read, checked against the platform's rules before it is sent, and compared with what is there.

Source: createCustomMenu and getMenu (developers.weixin.qq.com/doc/service/api/custommenu/).
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

MENU_FILE = Path(__file__).with_name("menu.yml")
MOST_BUTTONS, MOST_SUB_BUTTONS = 3, 5
MOST_NAME_BYTES, MOST_SUB_NAME_BYTES = 16, 60
"""The present page says 16 and 60, older copies 16 and 40; four and seven characters are shown."""
MOST_KEY_BYTES = 128
MOST_URL_BYTES = 1024
"""The present page says 1024, older copies 256."""
_MOST_BYTES = {"key": MOST_KEY_BYTES, "url": MOST_URL_BYTES}
_FIELDS: dict[str, tuple[str, ...]] = dict.fromkeys(
    (
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    ),
    ("key",),
) | {
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}
"""What each type of item needs."""
_COMPARED = ("type", "key", "url", "appid", "pagepath", "media_id", "article_id")
Menu = dict[str, Any]


class MenuError(ValueError):
    """The menu cannot be published; the message lists in Chinese what is wrong with which item."""


def load_menu(public_url: str, path: Path = MENU_FILE) -> Menu:
    """The menu of a file, with `{public_url}` filled and everything checked.

    Raises:
        MenuError: the file is no menu, or one that the platform would refuse.
    """
    try:
        menu = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MenuError(f"{path.name} 读不了") from error
    defects = check_menu(filled := _filled(menu, public_url.rstrip("/")))
    if defects:
        raise MenuError("\n".join(defects))
    checked: Menu = filled
    return checked


def check_menu(menu: object) -> list[str]:
    """What the platform would refuse, in Chinese, naming the item; empty when all is well (WX-57)."""
    buttons = menu.get("button") if isinstance(menu, dict) else None
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MOST_BUTTONS:
        return [f"菜单：button 要有 1 到 {MOST_BUTTONS} 个一级菜单"]
    return [defect for number, button in enumerate(buttons, 1) for defect in _check_top(number, button)]


def outline(menu: Mapping[str, Any]) -> list[str]:
    """A line for each item, with all that matters of it: for people to read, and to compare two menus by."""
    return [
        line
        for button in _items(menu, "button")
        for line in [_line("", button), *(_line("  ", item) for item in _items(button, "sub_button"))]
    ]


def _filled(value: Any, public_url: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, public_url) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, public_url) for one in value]
    return value.replace("{public_url}", public_url) if isinstance(value, str) else value


def _check_top(number: int, button: object) -> Iterator[str]:
    where = _where(f"一级菜单 {number}", button)
    if not isinstance(button, dict):
        yield f"{where}：应当有 name 和内容"
        return
    yield from _check_text(where, "name", button.get("name"), MOST_NAME_BYTES)
    below = button.get("sub_button")
    if not below:
        yield from _check_action(where, button)
        return
    if button.keys() - {"name", "sub_button"}:
        yield f"{where}：有子菜单就不能再有 {_list(button.keys() - {'name', 'sub_button'})}"
    if not isinstance(below, list) or len(below) > MOST_SUB_BUTTONS:
        yield f"{where}：子菜单最多 {MOST_SUB_BUTTONS} 个"
        return
    for place, item in enumerate(below, 1):
        yield from _check_sub(_where(f"{where}的第 {place} 项", item), item)


def _check_sub(where: str, item: object) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{where}：应当有 name 和内容"
    elif item.get("sub_button"):
        yield f"{where}：子菜单下面不能再有子菜单"
    else:
        yield from _check_text(where, "name", item.get("name"), MOST_SUB_NAME_BYTES)
        yield from _check_action(where, item)


def _check_action(where: str, item: Mapping[str, Any]) -> Iterator[str]:
    kind = item.get("type")
    needed = _FIELDS.get(kind) if isinstance(kind, str) else None
    if needed is None:
        yield f"{where}：type “{kind}”不认识，可以用 {_list(_FIELDS)}" if kind else f"{where}：没有 type，也没有子菜单"
        return
    for name in needed:
        yield from _check_text(where, name, item.get(name), _MOST_BYTES.get(name))
    if others := item.keys() - {"name", "type", "sub_button", *needed}:
        yield f"{where}：{kind} 类型不能有 {_list(others)}"


def _check_text(where: str, name: str, value: object, most: int | None) -> Iterator[str]:
    if not (isinstance(value, str) and value.strip()):
        yield f"{where}：没有 {name}"
        return
    if most is not None and (length := len(value.encode())) > most:
        yield f"{where}：{name} 有 {length} 个字节，最多 {most} 个"
    if name == "url" and not value.startswith("https://"):
        yield f"{where}：url 要以 https:// 开头；如果用到 {{public_url}}，先设置 HUFA_PUBLIC_URL"


def _where(place: str, item: object) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return f"{place}“{name}”" if isinstance(name, str) else place


def _list(words: Iterable[object]) -> str:
    return "、".join(sorted(map(str, words)))


def _items(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    items = holder.get(name)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _line(indent: str, item: Mapping[str, Any]) -> str:
    values = [str(item[name]) for name in _COMPARED if item.get(name)]
    return f"{indent}{item.get('name', '')} {' '.join(values)}".rstrip()
