"""Read the catalogue files: `catalogue/<topic>.yml`, each a YAML list of entries."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from knowledge_base.entry import Entry

CATALOGUE_DIR = Path(__file__).with_name("catalogue")


@dataclass(frozen=True)
class Defect:
    """Something wrong in the catalogue, told so that a clerk can mend it."""

    where: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: [{self.rule}] {self.message}"


class CatalogueError(ValueError):
    """The catalogue cannot be read; `defects` says where and why."""

    def __init__(self, defects: list[Defect]) -> None:
        super().__init__("\n".join(map(str, defects)))
        self.defects = defects


def read_catalogue(folder: Path = CATALOGUE_DIR) -> tuple[list[Entry], list[Defect]]:
    """All entries that can be read, in file order, and what could not be."""
    entries: list[Entry] = []
    defects: list[Defect] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            rows = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
        except UnicodeDecodeError:
            defects.append(Defect(path.name, "encoding", "文件不是 UTF-8 编码，请另存为 UTF-8"))
            continue
        except yaml.YAMLError as error:
            defects.append(Defect(path.name, "yaml", f"文件不是合格的 YAML：{error}"))
            continue
        if not isinstance(rows, list):
            defects.append(Defect(path.name, "yaml", "文件应当是一个条目列表"))
            continue
        for number, row in enumerate(rows, start=1):
            where = f"{path.name} {row.get('id', f'第{number}条') if isinstance(row, dict) else f'第{number}条'}"
            try:
                entry = Entry.model_validate(row)
            except ValidationError as error:
                defects += [
                    Defect(where, "schema", f"{'.'.join(map(str, e['loc']))}: {e['msg']}") for e in error.errors()
                ]
                continue
            if entry.topic != path.stem:
                defects.append(Defect(where, "topic-file", f"主题“{entry.topic}”写在了 {path.name} 里"))
            entries.append(entry)
    return entries, defects


def load_catalogue(folder: Path = CATALOGUE_DIR) -> list[Entry]:
    """All entries.

    Raises:
        CatalogueError: any entry cannot be read.
    """
    entries, defects = read_catalogue(folder)
    if defects:
        raise CatalogueError(defects)
    return entries
