"""Compare the project with what people would use instead: `make compare`, or `python -m tests.compare --help`."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from tests.compare.data import Material, Question, distinct_questions, load_given_sets, load_material, load_own_sets
from tests.compare.ours import run_ours
from tests.compare.processes import CommandError
from tests.compare.rasa_faq import RasaSettings, rasa_python, run_rasa
from tests.compare.report import as_html, as_text, compare
from tests.compare.systems import BASELINES, Run, run_in_own_process


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.compare", description="与其他做法在同一批问题上比较")
    parser.add_argument(
        "--topics", type=Path, metavar="FILE", help="外部主题问题（JSON Lines：id、text、label、alt、cue）"
    )
    parser.add_argument("--services", type=Path, metavar="FILE", help="外部服务问题（同上，另有 strength）")
    parser.add_argument("--oos", type=Path, metavar="FILE", help="外部范围外问题（JSON Lines：id、text、kind）")
    parser.add_argument("--json", type=Path, metavar="FILE", help="把全部数字写成 JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", help="写一个网页")
    parser.add_argument("--seed", type=int, default=42, help="校准部分的抽取和 Rasa 的种子（默认 42）")
    parser.add_argument("--build", action="store_true", help="先在临时目录里重新训练沪法问答，并计时（几分钟）")
    parser.add_argument("--without-ours", action="store_true", help="不运行沪法问答")
    parser.add_argument("--without-rasa", action="store_true", help="不运行 Rasa（它要训练两次，每次约一刻钟）")
    parser.add_argument("--rasa-epochs", type=int, default=20, help="ResponseSelector 的轮数（默认 20）")
    parser.add_argument("--rasa-intent-epochs", type=int, default=3, help="DIETClassifier 的轮数（默认 3）")
    parser.add_argument("--rasa-without-calibration", action="store_true", help="Rasa 只训练一次，只用它自己的默认阈值")
    return parser.parse_args(arguments)


def run_all(options: argparse.Namespace, material: Material, questions: Sequence[Question]) -> Iterator[Run]:
    """Run every system that is wanted, one after the other."""
    if not options.without_ours:
        _say("沪法问答：" + ("重新训练并回答" if options.build else "回答"))
        yield run_ours(questions, options.build)
    for name, baseline in BASELINES.items():
        _say(f"{baseline.title}：训练并回答")
        yield run_in_own_process(name, material, questions, options.seed)
    if not options.without_rasa:
        calibrate = not options.rasa_without_calibration
        settings = RasaSettings(options.rasa_epochs, options.rasa_intent_epochs, options.seed, calibrate)
        _say(
            f"Rasa：训练{'两次' if calibrate else '一次'}并回答（ResponseSelector {settings.epochs} 轮，"
            f"DIETClassifier {settings.intent_epochs} 轮）"
        )
        yield from run_rasa(material, questions, settings)


def main() -> None:
    """Run, print, and write the files that were asked for."""
    options = parse()
    if not options.without_rasa and not rasa_python().exists():
        sys.exit("没有 Rasa 的环境：请先 make setup，用 HUFA_RASA_PYTHON 指明它的 python，或加 --without-rasa。")
    day = date.today()
    material = load_material(day)
    try:
        sets = load_own_sets(material.topics) + load_given_sets(options.topics, options.services, options.oos)
        questions = distinct_questions(sets)
        _say(f"有效条目 {len(material.topics)}，训练语句 {len(material.lines)}，问题 {len(questions)}")
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    runs: list[Run] = []
    failed = None
    try:
        runs.extend(run_all(options, material, questions))
    except CommandError as error:
        failed = str(error)  # what was measured before is still worth printing
    if not runs:
        sys.exit(failed)
    comparison = compare(runs, sets, material, options.seed, day)
    print(as_text(comparison))
    if options.json:
        options.json.write_text(json.dumps(comparison.to_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
    if options.html:
        options.html.write_text(as_html(comparison), encoding="utf-8")
    if failed:
        sys.exit(failed)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
