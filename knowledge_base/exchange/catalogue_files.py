"""The catalogue's own files (design: "Entry files"), written so that they read back as the same entries."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.entry import Entry
from knowledge_base.topics import load_topics

_LEFT_OUT_WHEN_EMPTY = ("facets", "next", "confusable", "valid_until")


class _OnOneLine:
    """A list or mapping that stands on one line."""

    def __init__(self, value: list[Any] | dict[str, Any]) -> None:
        self.value = value


class _Dumper(yaml.CSafeDumper):
    """Long lines, running text as it is read, one line for each source."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class calls it with this
        """What is said twice is written twice."""
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _represent_line(dumper: _Dumper, line: _OnOneLine) -> yaml.Node:
    if isinstance(line.value, list):
        return dumper.represent_sequence("tag:yaml.org,2002:seq", line.value, flow_style=True)
    return dumper.represent_mapping("tag:yaml.org,2002:map", line.value.items(), flow_style=True)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_OnOneLine, _represent_line)


def _plain(entry: Entry) -> dict[str, Any]:
    data = entry.model_dump(exclude_none=True)
    data = {name: value for name, value in data.items() if value or name not in _LEFT_OUT_WHEN_EMPTY}
    if "facets" in data:
        data["facets"] = {facet.value: text for facet, text in data["facets"].items()}
    data["answer"] = f"{entry.answer}\n"
    data["sources"] = [_OnOneLine(source | {"confidence": source["confidence"].value}) for source in data["sources"]]
    if "next" in data:
        data["next"] = _OnOneLine(data["next"])
    return data


def as_yaml(entries: Sequence[Entry]) -> str:
    """The entries as one catalogue file."""
    return "\n".join(
        yaml.dump([_plain(entry)], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9)
        for entry in entries
    )


def write_catalogue(entries: Sequence[Entry], folder: Path) -> list[Path]:
    """A file for each topic, in the order of the entries; the files that were written.

    Raises:
        ValueError: an entry has a topic that does not exist, and so no file.
    """
    by_topic: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.topic not in load_topics():
            raise ValueError(f"{entry.id}：没有“{entry.topic}”这个主题")
        by_topic[entry.topic].append(entry)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for topic, members in by_topic.items():
        path = folder / f"{topic}.yml"
        path.write_text(as_yaml(members), encoding="utf-8")
        paths.append(path)
    return paths
