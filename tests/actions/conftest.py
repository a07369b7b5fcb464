"""Fixtures for the actions: the small real release behind a LiveRelease."""

import pytest

from knowledge_base.live_release import LiveRelease
from knowledge_base.release import ReleaseStore
from tests.small_release import small_release, small_store

__all__ = ["small_release", "small_store"]


@pytest.fixture(scope="session")
def releases(small_store: ReleaseStore) -> LiveRelease:
    return LiveRelease(small_store)
