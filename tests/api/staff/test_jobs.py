"""Long work beside the requests."""

import asyncio

import pytest

from api.staff.jobs import FAILED, Job, Jobs


async def settle(jobs: Jobs[str], job_id: str) -> Job[str]:
    """The job once it has ended."""
    for _ in range(1000):
        job = jobs.find(job_id) or pytest.fail("forgotten")
        if job.finished:
            return job
        await asyncio.sleep(0.001)
    pytest.fail("never ended")


async def test_what_was_found_does_not_change_while_a_page_is_made_of_it() -> None:
    jobs, begun, go_on = Jobs[str](), asyncio.Event(), asyncio.Event()

    async def work(job: Job[str]) -> str:
        job.total, job.done = 4, 1
        begun.set()
        await go_on.wait()
        job.done = 4
        return "through"

    job_id = jobs.start(work).id
    await begun.wait()
    seen = jobs.find(job_id)
    go_on.set()
    ended = await settle(jobs, job_id)
    assert seen is not None
    assert (seen.finished, seen.percent, seen.result) == (False, 25, None)
    assert (ended.finished, ended.percent, ended.result) == (True, 100, "through")


async def test_a_reason_is_shown_and_a_crash_is_not() -> None:
    async def refuse(_: Job[str]) -> str:
        raise ValueError("没有可以试的条目。")

    async def crash(_: Job[str]) -> str:
        raise KeyError("secret")

    jobs = Jobs[str]()
    refused, crashed = jobs.start(refuse).id, jobs.start(crash).id
    assert (await settle(jobs, refused)).problem == "没有可以试的条目。"
    assert (await settle(jobs, crashed)).problem == FAILED


async def test_the_oldest_jobs_are_forgotten() -> None:
    async def work(_: Job[str]) -> str:
        return ""

    jobs = Jobs[str]()
    ids = [jobs.start(work).id for _ in range(6)]
    assert [jobs.find(job_id) is not None for job_id in ids] == [False, True, True, True, True, True]
    await jobs.close()
