"""What actions, subjects and details of the audit log are called (`audit_words.yml`)."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from api.staff.switches.scopes import label_of_scope

_FILE = Path(__file__).with_name("audit_words.yml")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def action_labels() -> dict[str, str]:
    """Every action with its label, in the order of the file."""
    return _words()["actions"]


def action_label(action: str) -> str:
    """The label; an action of an older or newer program is shown as it is."""
    return action_labels().get(action, action)


def actions_labelled(text: str) -> frozenset[str]:
    """The actions whose label holds the text."""
    return frozenset(action for action, label in action_labels().items() if text in label)


def subject_label(subject: str) -> str:
    """`staff:li` -> `账号 li`."""
    labels = _words()["subjects"]
    kind, _, name = subject.partition(":")
    if subject in labels or kind not in labels:
        return labels.get(subject, subject)
    return f"{labels[kind]} {(label_of_scope(name) if kind == 'switch' else None) or name}"


def detail_label(detail: dict[str, Any]) -> str:
    """`{"reason": "查错"}` -> `理由：查错`."""
    names = _words()["details"]
    return "；".join(f"{names.get(name, name)}：{_value(value)}" for name, value in detail.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(_value, value)) or "无"
    return "无" if value is None else _words()["values"].get(str(value), str(value))
