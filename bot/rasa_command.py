"""The `rasa` command with a few slow things put right: `python bot/rasa_command.py run ...`.

Rasa 3.6 validates the reply of every custom action against a JSON schema of its own, and by way of
`jsonschema.validate` checks that constant schema itself anew each time: measured, 20 of the 28 ms of a message. Here a
schema that passed once is not checked again; the replies still are.

When it reads a conversation, Rasa lists all subclasses of Event anew for each event: measured, a fifth of the time of a
message in a long conversation. Here the list is made once; Rasa defines no event class while it serves.

A message such as `/guide{...}` names its intent, and Rasa still runs it through every component of the pipeline, whose
results its last one throws away: measured, a quarter of Rasa's time for a button or a turn of a guide. Here it is read
at once, by the same function. And once the model is loaded the garbage collector leaves it alone: it walked through all
of it now and then, in the middle of a message.
"""

import functools
import gc
import json
from collections.abc import Awaitable, Callable
from typing import Any

import rasa.core.run
import rasa.shared.utils.common
from jsonschema import validators
from rasa.__main__ import main
from rasa.core.processor import MessageProcessor
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message


def remember_checked_schemas(validator: Any) -> None:
    """Make `validator.check_schema` look at each schema only once."""
    check = validator.check_schema.__func__
    passed: set[str] = set()

    def check_once(cls: Any, schema: Any, *args: Any, **kwargs: Any) -> None:
        key = json.dumps(schema, sort_keys=True)
        if key not in passed:
            check(cls, schema, *args, **kwargs)
            passed.add(key)

    validator.check_schema = classmethod(check_once)


def read_named_intents_at_once(processor: Any) -> None:
    """Make `processor` (MessageProcessor) read a message that names its intent without the pipeline."""
    parse = processor._parse_message_with_graph

    def parse_at_once(self: Any, message: Any, tracker: Any, only_output_properties: bool = True) -> dict[str, Any]:
        if not (message.text or "").startswith(INTENT_MESSAGE_PREFIX):
            return dict(parse(self, message, tracker, only_output_properties))
        typed = Message({TEXT: message.text})
        read = YAMLStoryReader.unpack_regex_message(typed, self.domain, entity_extractor_name="RegexMessageHandler")
        if read is typed:  # no intent of this domain: words that only look like one
            return dict(parse(self, message, tracker, only_output_properties))
        return dict(read.as_dict(only_output_properties=only_output_properties))

    processor._parse_message_with_graph = parse_at_once


def leave_alone_what_is_loaded(load: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """`load` and afterwards keep the garbage collector from what is there then."""

    @functools.wraps(load)
    async def load_and_freeze(*args: Any, **kwargs: Any) -> Any:
        loaded = await load(*args, **kwargs)
        gc.collect()
        gc.freeze()
        return loaded

    return load_and_freeze


if __name__ == "__main__":
    remember_checked_schemas(validators.Draft202012Validator)
    rasa.shared.utils.common.all_subclasses = functools.cache(rasa.shared.utils.common.all_subclasses)
    read_named_intents_at_once(MessageProcessor)
    rasa.core.run.load_agent_on_start = leave_alone_what_is_loaded(rasa.core.run.load_agent_on_start)
    main()
