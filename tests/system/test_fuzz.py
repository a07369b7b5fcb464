"""The public API fuzzed from its own OpenAPI document: whatever is sent, never a 5xx."""

from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.system.processes import System

pytestmark = pytest.mark.system


@pytest.fixture(scope="session")
def token(system: System) -> tuple[str, str]:
    created = httpx.post(f"{system.url}/api/v1/conversations", trust_env=False).json()
    return created["conversation_id"], created["token"]


@pytest.fixture(scope="session")
def api_schema(system: System) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{system.url}/openapi.json")


schema = schemathesis.pytest.from_fixture("api_schema")


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_never_a_server_error(case: schemathesis.Case, token: tuple[str, str]) -> None:
    if case.path_parameters and "conversation_id" in case.path_parameters and case.method != "DELETE":
        case.path_parameters["conversation_id"] = token[0]
    case.headers["Authorization"] = f"Bearer {token[1]}"
    if isinstance(case.body, dict) and "message_id" in case.body and isinstance(case.body["message_id"], str):
        case.body["message_id"] = uuid4().hex
    response = case.call()
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert any("\u4e00" <= character <= "\u9fff" for character in response.json()["detail"])
