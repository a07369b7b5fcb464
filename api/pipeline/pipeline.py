"""Run the steps of a turn in order."""

import logging
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from api.metrics import STEP_SECONDS, TURN_SECONDS, TURNS
from api.pipeline.turn import Inbound, Step, Turn
from api.storage.models import Turn as StoredTurn

_log = logging.getLogger(__name__)


class Pipeline:
    """The way of one message. A step that sets `turn.stored` ends it; one that sets `turn.reply` skips to the guard."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = list(steps)

    async def run(self, inbound: Inbound) -> StoredTurn:
        """Take one message and return its stored turn.

        Raises:
            TooManyMessagesError: the sender or the client is over its rate; nothing was stored.
            UnknownConversationError: the conversation does not exist.
        """
        async with AsyncExitStack() as held:
            turn = Turn(inbound, held)
            for step in self.steps:
                if turn.reply is not None and not step.always:
                    continue
                began = time.perf_counter()
                await step.run(turn)
                STEP_SECONDS.labels(step.name).observe(time.perf_counter() - began)
                if turn.stored is not None:
                    break
            if turn.stored is None:
                raise RuntimeError("the pipeline has no recording step")
            stored = turn.stored
        if not turn.recorded:
            return stored  # a copy of a message is not another turn
        TURN_SECONDS.labels(inbound.channel).observe(time.perf_counter() - turn.started)
        TURNS.labels(inbound.channel, stored.outcome.partition(".")[0]).inc()
        _log.info("turn %s %s %s", inbound.channel, stored.outcome, stored.id)
        return stored
