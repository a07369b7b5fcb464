"""The catalogue that comes with the software, put into an empty database when the application starts."""

import logging

from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from api.staff.entries.live import LiveCatalogue
from api.staff.people.staff import SYSTEM
from knowledge_base.release import Release

_log = logging.getLogger(__name__)


async def fill_empty_catalogue(live: LiveCatalogue, release: Release) -> None:
    """Load the release's entries where there are none, and remember of what the release was made. Costs one look
    where that was done before. Of two processes that start at once one does it.
    """
    try:
        if await live.releases(limit=1):
            return
    except (SQLAlchemyError, OSError) as error:
        _log.error("the catalogue was not looked at, the next start makes up for it: %s", type(error).__name__)
        return  # without a database single questions are still answered
    try:
        await live.load_starter(list(release.entries.values()))
        await live.record_release(release.number, SYSTEM, "随软件带来的目录")
    except (IntegrityError, OperationalError) as error:
        if not await live.live_versions():
            raise
        _log.info("another process fills the catalogue: %s", type(error).__name__)
