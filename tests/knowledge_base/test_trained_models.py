"""What a trained model depends on is in its name."""

import ast
import re
from pathlib import Path

import pytest

from knowledge_base import trained_models

KNOWLEDGE_BASE = Path(trained_models.__file__).parent


def imported_by(name: str) -> set[str]:
    """Our modules that a module of the knowledge base needs, itself and what those need included."""
    found, waiting = set[str](), [name]
    while waiting:
        module = waiting.pop()
        if module in found or not (KNOWLEDGE_BASE / f"{module}.py").exists():
            continue
        found.add(module)
        tree = ast.parse((KNOWLEDGE_BASE / f"{module}.py").read_text(encoding="utf-8"))
        imports = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        waiting += [imported.removeprefix("knowledge_base.") for imported in imports]
    return found


def test_a_change_of_any_module_that_training_uses_trains_a_new_model() -> None:
    """Texts are lines, which the model's name holds; vectors, files, cached terms and progress change no number."""
    harmless = {"embedding", "entry", "files", "situations", "progress", "term_cache"}
    assert imported_by("model_training") - set(trained_models._TRAINED_BY) - harmless == set()


@pytest.mark.parametrize("module", sorted(imported_by("model_training")))
def test_the_data_of_a_module_that_training_uses_is_watched_too(module: str) -> None:
    code = (KNOWLEDGE_BASE / f"{module}.py").read_text(encoding="utf-8")
    assert set(re.findall(r"with_name\(\"(\w+\.yml)\"\)", code)) <= {path.name for path in trained_models._trained_by()}
