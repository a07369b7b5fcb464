"""From stored blocks to what a channel shows: buttons get signed ids, internal fields stay inside."""

from typing import Any

from api.choices import ChoiceSigner
from api.result_text import result_paragraphs, result_sources
from api.storage.models import Turn

_INTERNAL = {"entry_id", "entry_version"}


def public_blocks(turn: Turn, signer: ChoiceSigner) -> list[dict[str, Any]]:
    """The reply of a turn as the public API gives it."""
    return [_public(block, signer) for block in turn.reply]


def _public(block: dict[str, Any], signer: ChoiceSigner) -> dict[str, Any]:
    if block["type"] == "choices":
        choices = [{**choice, "id": signer.sign(choice["id"])} for choice in block["choices"]]
        return {**block, "choices": choices}
    return {name: value for name, value in block.items() if name not in _INTERNAL}


def plain_text(block: dict[str, Any]) -> str:
    """A block as plain text, for clients that show nothing else."""
    if block["type"] == "choices":
        return "\n".join([block["prompt"], *(f"{n}. {c['label']}" for n, c in enumerate(block["choices"], start=1))])
    if block["type"] == "answer":
        facets = [f"{facet['label']}：{facet['text']}" for facet in block["facets"]]
        sources = "；".join(f"{source['title']}{source['article'] or ''}" for source in block["sources"])
        return "\n".join([block["title"], block["text"], *facets, f"依据：{sources}（{block['as_of']} 核对）"])
    if block["type"] == "result":
        sources = "；".join(f"{source['title']}{source['article'] or ''}" for source in result_sources(block))
        said = f"依据：{sources}（{block['as_of']} 核对）"
        return "\n".join([*result_paragraphs(block), *([said] if sources else [])])
    return str(block["text"])
