"""The 34 topics an entry can belong to (design: "Topics")."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

TOPICS_FILE = Path(__file__).with_name("topics.yml")


class Topic(BaseModel):
    """One topic.

    `slug` begins the id of each of its entries; `desk` names who handles such matters and is told to a citizen whose
    question has a clear subject but no entry; `named_by` are words by which people ask for a service.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    slug: str
    group: Literal["hotline", "services"]
    office: str
    desk: str
    named_by: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def load_topics() -> dict[str, Topic]:
    """All topics by name, in the order of the file."""
    rows = yaml.safe_load(TOPICS_FILE.read_text(encoding="utf-8"))
    return {topic.name: topic for topic in (Topic.model_validate(row) for row in rows)}


def named_services(text: str) -> list[str]:
    """The services whose words stand in a normalised text, in the order of the file."""
    return [topic.name for topic in load_topics().values() if any(word in text for word in topic.named_by)]
