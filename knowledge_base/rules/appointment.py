"""预约与回电: what is said when a citizen's wish has been taken down (`appointment.yml`). There is no law in it."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from knowledge_base.entry import Text
from knowledge_base.rules.conclusion import UNKNOWN, Answers, Conclusion, Section, Target

REQUESTED, DECLINED = "requested", "declined"
_FILE = Path(__file__).with_name("appointment.yml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Requested(_Part):
    headline: dict[str, Text]
    text: Text


class _Declined(_Part):
    headline: Text
    text: Text


class _Bring(_Part):
    title: Text
    items: tuple[Text, ...]


class _Wording(_Part):
    requested: _Requested
    hours: dict[str, Text]
    declined: _Declined
    bring: _Bring
    next: tuple[Target, ...]


@lru_cache(maxsize=1)
def _load() -> _Wording:
    return _Wording.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def conclude(answers: Answers) -> Conclusion:
    """`requested` when the citizen agreed to be reached and left a phone, else `declined`.

    Of hours at which offices may be closed it is said that somebody must confirm them.
    """
    wording = _load()
    if answers.get("consent") != "yes" or "phone" not in answers:
        declined = wording.declined
        return Conclusion(verdict=DECLINED, headline=declined.headline, text=declined.text, next=wording.next)
    headline = wording.requested.headline[answers.get("service", UNKNOWN)]
    sections = () if answers.get("service") == "call_back" else (Section(**wording.bring.model_dump(), tick=True),)
    text = "\n".join(filter(None, (wording.hours.get(answers.get("hour", UNKNOWN)), wording.requested.text)))
    return Conclusion(verdict=REQUESTED, headline=headline, text=text, sections=sections, next=wording.next)
