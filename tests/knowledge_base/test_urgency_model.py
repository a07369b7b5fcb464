"""The classifier of urgent messages on a handful of lines."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.urgency_model import UrgencyModel, pattern_row
from knowledge_base.urgency_rules import UrgencyKind
from knowledge_base.urgency_training import UrgentLine, fit

LINES = [
    UrgentLine(text, kind, 1.0)
    for kind, texts in {
        UrgencyKind.SELF_HARM: ("我不想活了", "我要跳楼", "想死"),
        UrgencyKind.CHILD_DANGER: ("孩子不见了", "孩子被拐走了", "儿子走丢了"),
        UrgencyKind.VIOLENCE: ("老公打我", "有人砍我", "他拿刀追我"),
        UrgencyKind.EVICTION: ("房东换锁了", "房东赶我出去", "房东断电了"),
        UrgencyKind.FRAUD: ("刚被骗了", "刚转钱给骗子", "钱被骗走了"),
        UrgencyKind.DETAINED: ("儿子被抓了", "老公被拘留了", "警察带走我爸"),
        None: ("怎么离婚", "公证要什么材料", "工资没发", "今天天气", "老公打球", "遗嘱怎么写"),
    }.items()
    for text in texts
]


@pytest.fixture(scope="module")
def model() -> UrgencyModel:
    return fit(LINES)


def no_hits() -> Sequence[bool]:
    return [False] * len(UrgencyKind)


def test_it_tells_the_lines_apart_that_it_learned_from(model: UrgencyModel) -> None:
    for line in LINES:
        found = model.probabilities(line.text, no_hits, 0.0)
        assert found is not None
        assert found.shape == (len(UrgencyKind),)
        assert 0 <= found.sum() <= 1
        if line.kind is not None:
            assert list(UrgencyKind)[int(found.argmax())] is line.kind


def test_what_stays_below_the_least_is_nothing_and_patterns_are_not_looked_for(model: UrgencyModel) -> None:
    def never() -> Sequence[bool]:
        raise AssertionError("looked for patterns")

    assert model.probabilities("怎么离婚", never, 0.999999) is None


@pytest.mark.parametrize("least", [0.2, 0.4, 0.6])
@pytest.mark.parametrize("hit", [True, False])
def test_looking_for_patterns_late_gives_what_looking_always_gives(
    model: UrgencyModel, least: float, hit: bool
) -> None:
    def hits() -> Sequence[bool]:
        return [hit] * len(UrgencyKind)

    for line in LINES:
        always = model.probabilities(line.text, hits, 0.0)
        late = model.probabilities(line.text, hits, least)
        assert always is not None
        if late is None:
            assert always.sum() < least
        else:
            assert late == pytest.approx(always)


def test_a_stored_model_comes_back_and_the_same_lines_give_the_same_bytes(model: UrgencyModel, tmp_path: Path) -> None:
    model.save(tmp_path / "one.npz")
    fit(LINES).save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    loaded = UrgencyModel.load(tmp_path / "one.npz")
    assert (loaded.weights == model.weights).all()
    assert (loaded.idf == model.idf).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.npz", "two.npz"]


def test_patterns_say_which_and_whether_any() -> None:
    assert (pattern_row([False, True]) > 0).tolist() == [False, True, True]
    assert not np.any(pattern_row([False, False]))
