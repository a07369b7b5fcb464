"""The catalogue, situations and wording that are shipped. No release is built here; other tests do that."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from knowledge_base.catalogue import CATALOGUE_DIR, load_catalogue
from knowledge_base.entry import Entry
from knowledge_base.linter import lint
from knowledge_base.replies import _STARTERS
from knowledge_base.situations import SITUATIONS_DIR, load_out_of_scope, load_situations
from knowledge_base.topics import load_topics
from knowledge_base.wording import load_wording

ROOT = Path(__file__).parents[2]
_SAYING = {"say", "reply_with_wording"}
"""The functions whose first argument is a wording key."""


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return load_catalogue()


# Entries


def test_lint_finds_no_defect(entries: list[Entry]) -> None:
    """As of the day it was last checked: `make lint` watches the review deadlines."""
    last_checked = max(source.checked for entry in entries for source in entry.sources)
    assert [str(defect) for defect in lint(entries, last_checked)] == []


def test_every_topic_has_entries(entries: list[Entry]) -> None:
    counts = Counter(entry.topic for entry in entries)
    assert [topic for topic in load_topics() if not counts[topic]] == []


def test_the_catalogue_has_a_file_for_every_topic_and_no_other() -> None:
    assert {path.stem for path in CATALOGUE_DIR.glob("*.yml")} == set(load_topics())


def test_the_questions_offered_to_strangers_are_published(entries: list[Entry]) -> None:
    assert set(_STARTERS) <= {entry.id for entry in entries}


# Situations


def test_every_topic_has_a_file_of_situations_and_no_other() -> None:
    assert {path.stem for path in SITUATIONS_DIR.glob("*.txt")} == set(load_topics())


def test_every_topic_has_situations_with_wordings() -> None:
    assert {situation.topic for situation in load_situations() if situation.wordings} == set(load_topics())


def test_every_kind_of_line_we_cannot_help_with_has_lines() -> None:
    assert load_out_of_scope() and all(load_out_of_scope().values())


# Wording


def domain_keys() -> set[str]:
    """The keys that the responses of the Rasa domain name."""
    domain = yaml.safe_load((ROOT / "bot" / "domain.yml").read_text(encoding="utf-8"))
    return {
        variant["custom"]["wording"]
        for variants in domain["responses"].values()
        for variant in variants
        if "wording" in variant.get("custom", {})
    }


def _texts(expression: ast.expr, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The strings an expression can be: a literal, a branch of a condition, a value of a table, what its name is set to."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
    elif isinstance(expression, ast.IfExp):
        yield from _texts(expression.body, assigned)
        yield from _texts(expression.orelse, assigned)
    elif isinstance(expression, ast.Subscript):
        yield from _texts(expression.value, assigned)
    elif isinstance(expression, ast.Dict):
        for choice in expression.values:
            yield from _texts(choice, {})
    elif isinstance(expression, ast.Name):
        for value in assigned.get(expression.id, []):
            yield from _texts(value, {})


def _keys_of(tree: ast.AST) -> Iterator[str]:
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in _SAYING:
                yield from _texts(node.args[0], assigned)


def code_keys() -> set[str]:
    """The keys that the code says."""
    files = [path for room in ("knowledge_base", "actions", "api") for path in (ROOT / room).rglob("*.py")]
    return {key for path in files for key in _keys_of(ast.parse(path.read_text(encoding="utf-8")))}


def test_the_code_says_only_wordings_that_exist() -> None:
    assert code_keys() - set(load_wording()) == set()


def test_the_domain_names_only_wordings_that_exist() -> None:
    assert domain_keys() - set(load_wording()) == set()


def test_every_wording_is_used() -> None:
    assert set(load_wording()) - code_keys() - domain_keys() == set()
