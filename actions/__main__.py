"""Serve the actions: `python -m actions`, on HUFA_ACTIONS_HOST (loopback) and HUFA_ACTIONS_PORT (5055)."""

import logging
import os
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from actions.replies import all_actions
from knowledge_base.live_release import LiveRelease
from knowledge_base.release import ReleaseStore
from knowledge_base.threads import use_one_thread


def make_app(releases: LiveRelease) -> "Sanic[Any, Any]":
    """The action server's application with every action registered."""
    executor = ActionExecutor()
    for action in all_actions(releases):
        executor.register_action(action)
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])
    return app


def main() -> None:
    """Load the current release and serve until stopped."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    use_one_thread()
    releases = LiveRelease(ReleaseStore.from_environment())
    releases.watch()
    app = make_app(releases)
    host = os.environ.get("HUFA_ACTIONS_HOST", "127.0.0.1")
    port = int(os.environ.get("HUFA_ACTIONS_PORT", "5055"))
    app.run(host=host, port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
