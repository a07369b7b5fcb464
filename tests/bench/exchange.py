"""Import of a large table: `python -m tests.bench.exchange [ROWS]`. Prints how long each part takes; decides nothing.

Makes a table of so many entries (10,000), 200 of them bad in four ways, and sends it through the preview and the import
of the console on a SQLite database of its own. The bar: 60 seconds for all, and exactly the 200 reported.
"""

import asyncio
import io
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from api.staff.audit import AuditLog
from api.staff.entries.drafts import Drafts
from api.staff.exchange.carrying_out import Importer
from api.staff.exchange.jobs import ImportJobs, RowStatus
from api.staff.exchange.preview import Previewer
from api.staff.people.staff import Staff
from api.storage.database import create_engine, migrate
from knowledge_base.catalogue import load_catalogue
from knowledge_base.entry import Entry
from knowledge_base.exchange.columns import COLUMNS
from knowledge_base.exchange.files import read_file
from knowledge_base.exchange.tables import to_xlsx

BAD = 200
_SPOILT = (("title", ""), ("topic", "外太空"), ("valid_from", "去年"), ("sources", "法律｜没写完"))
_EDITOR = Staff(1, "bench", "测试", frozenset(), "")


def table(count: int) -> tuple[bytes, set[int]]:
    """A workbook of so many entries, and the numbers of its bad rows."""
    real = load_catalogue()
    entries = [
        Entry.model_construct(**dict(real[n % len(real)]) | {"id": f"{real[n % len(real)].id}-{n}"})
        for n in range(count)
    ]
    workbook = openpyxl.load_workbook(io.BytesIO(to_xlsx(entries)))
    sheet = workbook.worksheets[0]
    numbers = {column.field: number for number, column in enumerate(COLUMNS, start=1)}
    bad = {2 + n * count // BAD for n in range(min(BAD, count))}
    for turn, row in enumerate(sorted(bad)):
        field, text = _SPOILT[turn % len(_SPOILT)]
        sheet.cell(row, numbers[field]).value = text
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue(), bad


async def run(count: int, folder: Path) -> None:
    """Time each part."""
    data, bad = table(count)
    print(f"{count} rows, {len(data) / 2**20:.1f} MiB")
    begun = time.perf_counter()
    rows = sum(1 for _ in read_file("a.xlsx", data))
    print(f"reading and checking alone  {time.perf_counter() - begun:6.1f} s  ({rows} rows)")
    engine = create_engine(f"sqlite+aiosqlite:///{folder / 'bench.db'}")
    jobs = ImportJobs()
    job = jobs.open(_EDITOR, "a.xlsx")
    begun, worked = time.perf_counter(), time.process_time()
    await Previewer(engine, jobs).preview(job, data)
    previewed = time.perf_counter()
    print(f"preview                     {previewed - begun:6.1f} s  {job.failure}")
    importer = Importer(Drafts(engine), AuditLog(engine))
    await importer.carry_out(job, importer.begin(job))
    ended = time.perf_counter()
    print(f"import                      {ended - previewed:6.1f} s  {job.failure}")
    reported = {row.number for row in job.rows if row.status is RowStatus.BAD}
    worked = time.process_time() - worked
    print(f"together                    {ended - begun:6.1f} s  (bar: 60 s), of it {worked:.1f} s at work")
    print(
        f"imported {sum(row.imported for row in job.rows)}, bad {len(bad)}, reported {len(reported)}, exactly: {reported == bad}"
    )
    await engine.dispose()


def main() -> None:
    """Run in a folder that goes afterwards."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        migrate(f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}")
        asyncio.run(run(count, Path(folder)))


if __name__ == "__main__":
    main()
