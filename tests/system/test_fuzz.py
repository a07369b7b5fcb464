"""The public API fuzzed from its own OpenAPI document (schemathesis): whatever is sent, never a 5xx."""

from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from api.app import create_app
from api.settings import Settings
from knowledge_base.release import ReleaseStore
from tests.system.processes import System

pytestmark = pytest.mark.system
EXAMPLES = 60

_app = create_app(Settings(secret_key="x" * 40), ReleaseStore(Path("unused")))
OPERATIONS = {
    operation.label: operation
    for operation in (result.ok() for result in schemathesis.openapi.from_dict(_app.openapi()).get_all_operations())
}


@pytest.fixture(scope="session")
def conversation(system: System) -> tuple[str, str]:
    created = httpx.post(f"{system.url}/api/v1/conversations", trust_env=False).json()
    return created["conversation_id"], created["token"]


@pytest.mark.parametrize("label", OPERATIONS)
def test_never_a_server_error(label: str, system: System, conversation: tuple[str, str]) -> None:
    conversation_id, token = conversation

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=OPERATIONS[label].as_strategy())
    def fuzz(case: schemathesis.Case) -> None:
        if "conversation_id" in case.path_parameters and case.method != "DELETE":
            case.path_parameters["conversation_id"] = conversation_id
        case.headers["Authorization"] = f"Bearer {token}"
        if isinstance(case.body, dict) and isinstance(case.body.get("message_id"), str):
            case.body["message_id"] = uuid4().hex
        response = case.call(base_url=system.url)
        assert response.status_code < 500 or case.path == "/readyz", response.text
        if 400 <= response.status_code < 500:
            assert any("\u4e00" <= character <= "\u9fff" for character in response.json()["detail"])

    fuzz()
