"""`python -m knowledge_base export` and `import`: between the catalogue and files."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from knowledge_base.catalogue import CatalogueError, load_catalogue
from knowledge_base.entry import Entry
from knowledge_base.exchange.catalogue_files import write_catalogue
from knowledge_base.exchange.checks import advice
from knowledge_base.exchange.errors import UnreadableFileError
from knowledge_base.exchange.files import WRITERS, FileRow, read_file
from knowledge_base.published import read_entries
from knowledge_base.release import ReleaseError, ReleaseStore


def add_to(app: typer.Typer) -> None:
    """Add both commands."""
    app.command("export")(export_command)
    app.command("import")(import_command)


def export_command(
    out: Annotated[Path, typer.Option(help="写到哪里：文件夹（每个主题一个 .yml）或 .yml .xlsx .csv .jsonl 文件")],
    catalogue: Annotated[bool, typer.Option("--catalogue", help="导出目录文件，而不是当前的发布版")] = False,
) -> None:
    """导出当前发布版的全部条目。写出的目录文件再读进来，一字不差。"""
    try:
        entries = load_catalogue() if catalogue else _released()
        if out.suffix.lower() in WRITERS:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(WRITERS[out.suffix.lower()](entries))
        elif out.suffix and not out.is_dir():
            raise ValueError(f"不会写“{out.suffix}”文件。可以写 {' '.join(WRITERS)}，或一个文件夹。")
        else:
            write_catalogue(entries, out)
    except (CatalogueError, ReleaseError, ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    print(f"{len(entries)} 个条目 -> {out}")


def _released() -> list[Entry]:
    store = ReleaseStore.from_environment()
    number = store.current_number()
    if number is None:
        raise ReleaseError("还没有发布版。请先运行 python -m knowledge_base build，或用 --catalogue 导出目录文件。")
    return read_entries(store.folder / "releases" / str(number))


def import_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".xlsx .csv .jsonl 或 .yml 文件")],
    out: Annotated[Path | None, typer.Option(file_okay=False, help="没有错时写成目录文件，放到这个文件夹")] = None,
) -> None:
    """检查一个文件里的条目；给出 --out 时写成目录文件。有错时什么也不写，退出码为 1。"""
    try:
        rows = list(read_file(file.name, file.read_bytes()))
    except (UnreadableFileError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    entries = [row.entry for row in rows if row.entry is not None]
    wrong = _tell(rows, entries)
    print(f"条目 {len(entries)}，有错 {wrong}")
    if wrong:
        raise typer.Exit(1)
    if out is not None:
        write_catalogue(entries, out)
        print(f"写到 {out}。发布之前请再运行 lint。")


def _tell(rows: Sequence[FileRow], entries: Sequence[Entry]) -> int:
    """Print what is wrong with each row; how many have errors."""
    said = advice(entries, {row.id for row in rows}, date.today())
    for row in rows:
        for problem in row.problems:
            print(f"第 {row.number} 行 {row.id} [{problem.column}] {problem.reason}")
        for problem in said.get(row.id, []) if row.entry else []:
            print(f"第 {row.number} 行 {row.id} [{problem.column}] 提醒：{problem.reason}")
    return sum(row.entry is None for row in rows)
