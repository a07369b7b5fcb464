"""Command line: `python -m knowledge_base lint | train | build | publish | ask | why | eval | citations | import |
export`.
"""

import json
import logging
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from knowledge_base.catalogue import CatalogueError, load_catalogue, read_catalogue
from knowledge_base.citations import list_citations
from knowledge_base.entry import Entry
from knowledge_base.evaluation import predict_file
from knowledge_base.evaluation_report.page import as_html
from knowledge_base.evaluation_report.questions import load_given, load_own
from knowledge_base.evaluation_report.report import evaluate
from knowledge_base.evaluation_report.text import as_text
from knowledge_base.exchange.command import add_to
from knowledge_base.explanation import explain
from knowledge_base.linter import lint
from knowledge_base.published import Origin
from knowledge_base.release import Release, ReleaseError, ReleaseStore
from knowledge_base.replies import reply_with_decision
from knowledge_base.summary import summarise
from knowledge_base.threads import use_one_thread
from knowledge_base.urgency_training import load_or_train

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help="沪法问答知识库")
add_to(app)
_HELD_OUT = Path("tests/evaluation")


@app.callback()
def start() -> None:
    """沪法问答知识库"""
    use_one_thread()


def _given_file(says: str) -> Any:
    """An option that names a file which is there."""
    return typer.Option(exists=True, dir_okay=False, help=says)


@app.command("lint")
def lint_command(summary: Annotated[bool, typer.Option(help="先打印各主题的数量")] = False) -> None:
    """检查目录里的每个条目。有问题时退出码为 1。"""
    entries, defects = read_catalogue()
    defects += lint(entries, date.today())
    if summary:
        print(*summarise(entries), sep="\n")
    print(f"条目 {len(entries)}，问法 {sum(len(e.questions) for e in entries)}，问题 {len(defects)}")
    for defect in defects:
        print(defect)
    if defects:
        raise typer.Exit(1)


@app.command()
def build() -> None:
    """训练过期的模型，生成发布版；工作台发布过的条目保留。都是新的就什么也不做。"""
    entries = _read()
    store = ReleaseStore.from_environment()
    load_or_train(store.folder)
    number = store.ensure(entries)
    published = store.published()
    if published is not None and published.origin is Origin.DATABASE:
        print(f"发布版 {number}，条目是工作台发布的")
    else:
        print(f"发布版 {number}，条目 {len(entries)}")


@app.command()
def train() -> None:
    """训练过期的模型，不发布。build 会用它。"""
    print(f"模型 {ReleaseStore.from_environment().train(_read())}")


@app.command()
def learn() -> None:
    """让模型学会工作台发布的新问法（几分钟，期间照常服务和发布），学完换上新模型。"""
    try:
        print(f"发布版 {ReleaseStore.from_environment().learn()}")
    except ReleaseError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@app.command()
def publish(
    over_database: Annotated[
        bool, typer.Option(help="连工作台发布过的内容也换成目录文件的（数据库已经清空时用）")
    ] = False,
) -> None:
    """用现有的模型发布目录，几秒钟，不训练。有问题的目录不发布，工作台发布过的内容不覆盖。"""
    entries, defects = read_catalogue()
    defects += lint(entries, date.today())
    if defects:
        typer.echo("目录有问题，没有发布：\n" + "\n".join(map(str, defects)), err=True)
        raise typer.Exit(1)
    try:
        number = ReleaseStore.from_environment().publish(entries, over_database=over_database)
    except ReleaseError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    print(f"发布版 {number}，条目 {len(entries)}")


@app.command()
def ask(question: str, details: Annotated[bool, typer.Option("--json", help="打印完整的 JSON")] = False) -> None:
    """问一个问题，看会怎样回答。"""
    release = _load()
    reply = reply_with_decision(release.decider.decide(question), release)
    if details:
        print(reply.model_dump_json(indent=1))
        return
    print(f"[{reply.outcome}] 把握 {reply.confidence:.2f}")
    for block in reply.blocks:
        if block.type == "answer":
            print(f"{block.title}\n{block.text}")
            for source in block.sources:
                print(f"  依据 {source.title} {source.article or ''}（{source.checked} 核对）")
        elif block.type == "choices":
            print(block.prompt)
            for choice in block.choices:
                print(f"  · {choice.label}")
        else:
            print(block.text)


@app.command("eval")
def eval_command(
    questions: Annotated[Path | None, _given_file("只写预测：要问的问题，与 --out 一起用")] = None,
    out: Annotated[Path | None, typer.Option(help="预测写到哪里")] = None,
    own: Annotated[Path, typer.Option(exists=True, file_okay=False, help="自有留出问题所在的文件夹")] = _HELD_OUT,
    topics: Annotated[Path | None, _given_file("另评估一个主题问题文件")] = None,
    services: Annotated[Path | None, _given_file("另评估一个服务问题文件")] = None,
    oos: Annotated[Path | None, _given_file("另评估一个范围外问题文件")] = None,
    html: Annotated[Path | None, typer.Option(help="把完整的报告写成网页")] = None,
    with_text: Annotated[bool, typer.Option(help="网页里列出外部文件的问题原文")] = False,
) -> None:
    """用留出问题评估当前的发布版；给出 --questions 和 --out 时只写预测。"""
    if (questions is None) != (out is None):
        raise typer.BadParameter("--questions 和 --out 要一起用")
    release = _load()
    try:
        if questions is not None and out is not None:
            print(f"{predict_file(release.decider, questions, out)} 个问题 -> {out}")
            return
        samples = load_own(own, lambda entry_id: release.in_force(entry_id) is not None)
        report = evaluate(release, [*samples, *load_given(topics, services, oos)], date.today(), with_text=with_text)
        if html is not None:
            html.write_text(as_html(report), encoding="utf-8")
    except (ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    print(as_text(report))


@app.command()
def why(question: str, table: Annotated[bool, typer.Option("--json", help="打印全部特征（JSON）")] = False) -> None:
    """一句话说明为什么这样回答。"""
    explanation = explain(_load().decider, question)
    print(json.dumps(explanation.table, ensure_ascii=False, indent=1) if table else explanation.sentence)


@app.command()
def citations() -> None:
    """逐条列出条目引用的法律、条文和要点（JSON Lines），供与原文核对。"""
    for row in list_citations(_read()):
        print(json.dumps(row, ensure_ascii=False))


def _read() -> list[Entry]:
    try:
        return load_catalogue()
    except CatalogueError as error:
        typer.echo(f"目录有错：\n{error}", err=True)
        raise typer.Exit(1) from error


def _load() -> Release:
    try:
        return ReleaseStore.from_environment().load()
    except ReleaseError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG when imported
    app()
