"""Every action that the code writes has a name for clerks, and every name is of an action that is written."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import api
from api.staff.audit_words import action_label, action_labels, actions_labelled, detail_label, subject_label

_API = Path(api.__file__).parent


def _writes(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls of `….audit.write(...)`, `audit.write(...)` and `AuditLog(...).write(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "write":
            on = node.func.value
            name = on.attr if isinstance(on, ast.Attribute) else on.id if isinstance(on, ast.Name) else ""
            made = isinstance(on, ast.Call) and isinstance(on.func, ast.Name) and on.func.id == "AuditLog"
            if made or name.strip("_") == "audit" or (name.strip("_") == "log" and "audit" in ast.unparse(node)):
                yield node


def _strings(node: ast.expr) -> list[str]:
    """The values an action may take: a literal, or one of the literals of `a if … else b`."""
    if isinstance(node, ast.IfExp):
        return _strings(node.body) + _strings(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _handed_in(tree: ast.AST, name: str, write: ast.Call) -> list[str]:
    """The literals that a module hands to the parameter of the function which writes it into the log."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    (around,) = [function for function in functions if write in ast.walk(function)]
    names = [parameter.arg for parameter in around.args.args]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == around.name]
    return [value for call in calls for value in _strings(call.args[names.index(name)])] if name in names else []


def _actions() -> dict[str, str]:
    """Each action the code writes, with where; what no literal can be found for counts by its source."""
    found: dict[str, str] = {}
    for path in _API.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in _writes(tree):
            action = call.args[1]
            values = _handed_in(tree, action.id, call) if isinstance(action, ast.Name) else _strings(action)
            for value in values or [f"not a literal: {ast.unparse(action)}"]:
                found[value] = f"{path.relative_to(_API)}:{call.lineno}"
    return found


def test_every_action_that_is_written_has_a_label() -> None:
    assert {action: where for action, where in _actions().items() if action not in action_labels()} == {}


def test_every_label_is_of_an_action_that_is_written() -> None:
    assert set(action_labels()) - set(_actions()) == set()


def test_no_two_actions_have_the_same_label() -> None:
    assert len(set(action_labels().values())) == len(action_labels())


def test_an_action_nobody_named_is_shown_as_it_is() -> None:
    assert action_label("flown_away") == "flown_away"


def test_actions_are_found_by_their_label() -> None:
    assert actions_labelled("登录") >= {"signed_in", "sign_in_refused"}
    assert actions_labelled("没有这样的") == frozenset()


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("staff:li", "账号 li"),
        ("switch:topic:公证", "开关 主题 公证"),
        ("switch:gone", "开关 gone"),
        ("comet:x", "comet:x"),
        ("staff", "账号"),
        ("staff:?", "没有这个登录名"),
        ("audit:chain", "整条审计链"),
    ],
)
def test_subjects_in_words(subject: str, shown: str) -> None:
    assert subject_label(subject) == shown


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ({}, ""),
        ({"reason": "查错", "active": True}, "理由：查错；可以登录：是"),
        ({"active": False, "roles": ["editor", "agent"]}, "可以登录：否；角色：编辑、坐席"),
        ({"broken": None, "odd": 3}, "从哪一号起对不上：无；odd：3"),
        ({"roles": []}, "角色：无"),
    ],
)
def test_details_in_words(detail: dict[str, object], shown: str) -> None:
    assert detail_label(detail) == shown
