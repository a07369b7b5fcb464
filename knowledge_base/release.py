"""Releases: immutable, numbered snapshots of all published entries with their index, and the models they rest on.

    var/knowledge/models/<hash>/    embedding, router and ranking, trained once for given lines
    var/knowledge/releases/<n>/     entries, index, and which model they were built with
    var/knowledge/current           the number that is served

A folder appears under its final name only when it is complete; `current` is replaced atomically. A release of entries
that were written in the console (origin "database") is never replaced by one of the catalogue files.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from knowledge_base.decision import Decider
from knowledge_base.entry import Entry
from knowledge_base.files import digest, folder_in_making, read_json, write_json
from knowledge_base.index import Document, Index, document_of
from knowledge_base.lexicon import lexicon_files
from knowledge_base.published import (
    Origin,
    Published,
    entries_digest,
    read_entries,
    read_published,
)
from knowledge_base.term_cache import TermCache
from knowledge_base.trained_models import FORMAT, EmbeddingChoice, TrainedModels


class ReleaseError(RuntimeError):
    """No release can be served; the message says why and what to do."""


@dataclass(frozen=True)
class Release:
    """A loaded release."""

    number: int
    created: datetime
    model: str
    decider: Decider

    @property
    def entries(self) -> dict[str, Entry]:
        """All entries by id."""
        return self.decider.entries

    def in_force(self, entry_id: str, today: date | None = None) -> Entry | None:
        """The entry, if there is one and it holds on that day (by default today)."""
        entry = self.entries.get(entry_id)
        return entry if entry is not None and entry.in_force(today or date.today()) else None


class ReleaseStore:
    """Builds and loads releases under a folder."""

    def __init__(self, folder: Path, embedding: EmbeddingChoice | None = None, workers: int = 1) -> None:
        """`workers` is how many processes train side by side."""
        self.folder = folder
        self.embedding = embedding or EmbeddingChoice()
        self._models = TrainedModels(folder, self.embedding, workers)

    @classmethod
    def from_environment(cls) -> "ReleaseStore":
        """The store that HUFA_KNOWLEDGE_DIR, HUFA_EMBEDDING_MODEL and HUFA_EMBEDDING_QUERY_INSTRUCTION name."""
        embedding = EmbeddingChoice(
            os.environ.get("HUFA_EMBEDDING_MODEL", ""), os.environ.get("HUFA_EMBEDDING_QUERY_INSTRUCTION", "")
        )
        cores = len(os.sched_getaffinity(0))
        return cls(Path(os.environ.get("HUFA_KNOWLEDGE_DIR", "var/knowledge")), embedding, cores)

    def current_number(self) -> int | None:
        """The number that is served, or None before the first build."""
        path = self.folder / "current"
        return int(path.read_text(encoding="utf-8")) if path.exists() else None

    def ensure(self, entries: Sequence[Entry]) -> int:
        """Train and build whatever is stale; returns the number that is now current. Does nothing when all is fresh.

        A model learns from `entries`, those of the catalogue files, and they are published, unless the current release
        is of the database: then its own entries stay, and a new model, if the code or data of training have changed,
        learns from them. Two processes that do this at once take turns.
        """
        with self._alone():
            return self._ensure(entries)

    def publish(
        self,
        entries: Sequence[Entry],
        origin: Origin = Origin.CATALOGUE,
        *,
        again: bool = True,
        over_database: bool = False,
    ) -> int:
        """Make these entries the next release with the model that serves now: seconds, and nothing is trained.

        Returns its number. What new wording can teach the model comes with the next `learn`. Without `again` nothing
        is done when the current release is just this, made by another process perhaps. What was published from the
        database is replaced by other entries only with `over_database`.

        Raises:
            ReleaseError: there is no release yet, it is of another format, or it is the database's and these are not.
        """
        with self._alone():
            serving = self._serving()
            published = read_published(self._folder(serving["number"]))
            overwrites = published.origin is Origin.DATABASE and origin is not Origin.DATABASE
            if overwrites and not over_database:
                raise ReleaseError("现在的发布版来自工作台，不能用目录文件覆盖。请在工作台里改条目、发布。")
            if not again and (published.origin, published.entries) == (origin, entries_digest(entries)):
                return published.number
            return self.build(entries, str(serving["model"]), origin)

    def published(self) -> Published | None:
        """What is known of the current release without loading it; None before the first build."""
        number = self.current_number()
        return read_published(self._folder(number)) if number is not None else None

    def candidate(self, entries: Sequence[Entry]) -> Release:
        """The release that publishing these entries would make, in memory: nothing is written. Its number is 0.

        Raises:
            ReleaseError: as `publish`.
        """
        serving = self._serving()
        parts = self._models.load(str(serving["model"]), with_encoder=serving["encoder"] is not None)
        documents, encoder = self._documents(entries), parts.encoder
        texts = [text for document in documents for text in document.questions]
        index = Index.build(documents, encoder.encode(texts, keep=False) if encoder else None, self._terms())
        return Release(0, datetime.now(UTC), parts.name, Decider(entries, index, encoder, parts.router, parts.model))

    def _serving(self) -> dict[str, Any]:
        """The manifest of the current release, which is of today's format."""
        number = self.current_number()
        manifest = self._manifest(number) if number is not None else {"format": None}
        if manifest["format"] != FORMAT:
            raise ReleaseError("还没有可用的模型。请先运行 python -m knowledge_base build。")
        return manifest

    def _folder(self, number: int) -> Path:
        return self.folder / "releases" / str(number)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Processes that write take turns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _manifest(self, number: int) -> dict[str, Any]:
        return read_json(self._folder(number) / "manifest.json")

    def _ensure(self, entries: Sequence[Entry]) -> int:
        published = self.published()
        if published is None:
            return self.build(entries, self.train(entries))
        serving = self._manifest(published.number)
        if published.origin is Origin.DATABASE:
            entries = read_entries(self._folder(published.number))
        of_today = published.origin is Origin.DATABASE and self._models.is_of_today(str(serving["model"]))
        model = str(serving["model"]) if of_today else self.train(entries)
        lacks_vectors = serving["encoder"] is None and self._models.has_vectors(model)
        if (serving["model"], published.entries) == (model, entries_digest(entries)) and not lacks_vectors:
            return published.number
        return self.build(entries, model, published.origin)

    def train(self, entries: Sequence[Entry]) -> str:
        """Train a model for these entries unless it is there. Returns its name; nothing is published."""
        return self._models.train(entries)

    def learn(self) -> int:
        """Train a model for what is published, clerks' wording included, and serve it. Returns the current number.

        Publishing goes on meanwhile: what was published while the model learned is served with it all the same.

        Raises:
            ReleaseError: there is no release yet, or it is of another format.
        """
        model = self.train(read_entries(self._folder(self._serving()["number"])))
        with self._alone():
            serving = self._serving()
            if serving["model"] == model:
                return int(serving["number"])
            folder = self._folder(serving["number"])
            return self.build(read_entries(folder), model, read_published(folder).origin)

    def build(self, entries: Sequence[Entry], model: str, origin: Origin = Origin.CATALOGUE) -> int:
        """Build the next release of these entries with a trained model and make it current. Returns its number."""
        numbers = [int(path.name) for path in (self.folder / "releases").glob("*") if path.name.isdigit()]
        number = max(numbers, default=0) + 1
        encoder = self._models.encoder(model)
        documents, terms = self._documents(entries), self._terms()
        vectors = encoder.encode([text for document in documents for text in document.questions]) if encoder else None
        with folder_in_making(self._folder(number)) as folder:
            Index.build(documents, vectors, terms).save(folder)
            terms.save()
            rows = "".join(f"{entry.model_dump_json()}\n" for entry in entries)
            (folder / "entries.jsonl").write_text(rows, encoding="utf-8")
            write_json(
                folder / "manifest.json",
                {
                    "format": FORMAT,
                    "number": number,
                    "created": datetime.now(UTC).isoformat(),
                    "model": model,
                    "encoder": encoder.name if encoder else None,
                    "analysis": _analysis(),
                    "origin": origin,
                    "entries": entries_digest(entries),
                },
            )
        self._point_to(number)
        return number

    def _terms(self) -> TermCache:
        return TermCache(self.folder / "terms" / f"{_analysis()}.tsv")

    def _documents(self, entries: Sequence[Entry]) -> list[Document]:
        known = self._known_documents()
        return [known.get(entry.model_dump_json()) or document_of(entry) for entry in entries]

    def _known_documents(self) -> dict[str, Document]:
        """Documents of the current release by the JSON of their entry, where they were cut up in the same way."""
        folder = self.folder / "releases" / str(self.current_number())
        path = folder / "manifest.json"
        if not path.exists() or read_json(path).get("analysis") != _analysis():
            return {}
        rows = (folder / "entries.jsonl").read_text(encoding="utf-8").splitlines()
        return dict(zip(rows, Index.read_documents(folder), strict=True))

    def load(self, number: int | None = None) -> Release:
        """Load a release, by default the current one.

        Raises:
            ReleaseError: there is none, or it was built for another model or format.
        """
        number = number or self.current_number()
        if number is None:
            raise ReleaseError("还没有发布版。请先运行 python -m knowledge_base build。")
        folder = self._folder(number)
        if not (folder / "manifest.json").exists():
            raise ReleaseError(f"没有发布版 {number}。请先运行 python -m knowledge_base build。")
        manifest = read_json(folder / "manifest.json")
        if manifest["format"] != FORMAT:
            raise ReleaseError(f"发布版 {number} 的格式是 {manifest['format']}，程序需要 {FORMAT}。请重新 build。")
        parts = self._models.load(str(manifest["model"]), with_encoder=manifest["encoder"] is not None)
        if parts.encoder is not None and parts.encoder.name != manifest["encoder"]:
            raise ReleaseError(f"发布版 {number} 是用另一个向量模型建的，不能混用。请重新 build。")
        entries = read_entries(folder)
        decider = Decider(entries, Index.load(folder), parts.encoder, parts.router, parts.model)
        created = datetime.fromisoformat(str(manifest["created"]))
        return Release(number, created, str(manifest["model"]), decider)

    def _point_to(self, number: int) -> None:
        temporary = self.folder / "current.new"
        temporary.write_text(str(number), encoding="utf-8")
        temporary.replace(self.folder / "current")


def _analysis() -> str:
    """Names how texts are cut into features now."""
    return digest([path.read_text(encoding="utf-8") for path in _cuts_up()])


def _cuts_up() -> list[Path]:
    """The files that say how a text is cut into features."""
    return [
        Path(__file__).with_name(f"{name}.py")
        for name in ("analysis", "contrasts", "index", "normalise", "sound_alikes")
    ] + [
        Path(__file__).with_name("contrasts.yml"),
        *lexicon_files(),
    ]
