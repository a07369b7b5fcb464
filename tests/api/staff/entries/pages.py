"""What the tests read from the editor's pages, and an entry that has no defect."""

from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import Entry

Pairs = list[tuple[str, str]]


class _Form(HTMLParser):
    """Collects what a browser would send of the form with an id."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self._id = form_id
        self._inside = False
        self._disabled = 0
        self._textarea: str | None = None
        self._select: tuple[str, list[tuple[str | None, bool]]] | None = None
        self._text = ""
        self.pairs: Pairs = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == self._id
        if not self._inside:
            return
        name, self._text = given.get("name") or "", ""
        if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.pairs.append((name, given.get("value") or ""))
        elif tag == "textarea":
            self._textarea = name
        elif tag == "select":
            self._select = (name, [])
        elif tag == "option" and self._select:
            self._select[1].append((given.get("value"), "selected" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._textarea is not None:
            self.pairs.append((self._textarea, self._text.removeprefix("\n")))
            self._textarea = None
        elif tag == "option" and self._select:
            value, chosen = self._select[1][-1]
            self._select[1][-1] = (self._text if value is None else value, chosen)
        elif tag == "select" and self._select:
            name, options = self._select
            chosen = [value for value, is_chosen in options if is_chosen] or [options[0][0]]
            self.pairs.append((name, chosen[0] or ""))
            self._select = None

    def handle_data(self, data: str) -> None:
        self._text += data


def form_on(page: str, form_id: str = "entry") -> Pairs:
    """The fields of a form in a page, as a browser would send them."""
    form = _Form(form_id)
    form.feed(page)
    assert form.pairs, "no such form"
    return form.pairs


def changed(pairs: Pairs, **values: str) -> Pairs:
    """The fields with other values in some of them."""
    assert set(values) <= {name for name, _ in pairs}
    return [(name, values.get(name, value)) for name, value in pairs]


@lru_cache(maxsize=1)
def _sound_entry() -> Entry:
    entries = (entry for entry in load_catalogue() if entry.topic == "工伤" and entry.kind == "question")
    return next(entries).model_copy(update={"next": [], "confusable": {}})


def sound_content(**changes: Any) -> dict[str, Any]:
    """An entry of the real catalogue that has no defect beside the small one of the tests."""
    return _sound_entry().model_dump(mode="json") | changes
