"""Writes records into the audit log of a database: one process of several that do so at once.

Run as `python -m tests.api.staff.audit_program URL NAME COUNT`.
"""

import asyncio
import sys

from api.staff.audit import AuditLog
from api.staff.people.staff import Staff
from api.storage.database import create_engine


async def _write(url: str, name: str, count: int) -> None:
    engine = create_engine(url)
    log = AuditLog(engine)
    staff = Staff(1, name, name, frozenset(), "")
    await asyncio.gather(*(log.write(staff, "signed_in", f"staff:{name}", turn=turn) for turn in range(count)))
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(_write(sys.argv[1], sys.argv[2], int(sys.argv[3])))
