"""The `rasa` command with two slow things put right: `python bot/rasa_command.py run ...`.

Rasa 3.6 validates the reply of every custom action against a JSON schema of its own, and by way of
`jsonschema.validate` checks that constant schema itself anew each time: measured, 20 of the 28 ms of a message. Here a
schema that passed once is not checked again; the replies still are.

When it reads a conversation, Rasa lists all subclasses of Event anew for each event: measured, a fifth of the time of a
message in a long conversation. Here the list is made once; Rasa defines no event class while it serves.
"""

import functools
import json
from typing import Any

import rasa.shared.utils.common
from jsonschema import validators
from rasa.__main__ import main


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


if __name__ == "__main__":
    remember_checked_schemas(validators.Draft202012Validator)
    rasa.shared.utils.common.all_subclasses = functools.cache(rasa.shared.utils.common.all_subclasses)
    main()
