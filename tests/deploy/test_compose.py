"""What can be said about the container files without a container engine."""

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
DOCKERFILES = sorted((ROOT / "deploy/docker").glob("*.Dockerfile"))
SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSWORD|AUTH|_KEY", re.IGNORECASE)
REQUIRED_VARIABLE = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
OPTIONAL_VARIABLE = re.compile(r"\$\{[A-Z_]+:-\}")
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)")
URL_PASSWORD = re.compile(r"://[^/@\s]*:([^@\s]*)@")
LOOKS_RANDOM = re.compile(r"[A-Za-z0-9+/_=-]{24,}")


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    return parsed


def services() -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"]
    return found


def strings(value: object) -> list[str]:
    """Every scalar inside a parsed value."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [str(value)]


def names_in_env_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    rows = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _, value in rows}


def copied(dockerfile: Path) -> list[str]:
    """The sources of every COPY."""
    text = dockerfile.read_text(encoding="utf-8").replace("\\\n", " ")
    rows = [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("COPY ")]
    return [source for row in rows for source in row[:-1] if not source.startswith("--")]


def test_services_are_the_ones_we_know() -> None:
    assert set(services()) == {"knowledge", "actions", "rasa", "api", "redis", "postgres"}


@pytest.mark.parametrize("name", sorted(services()))
def test_no_value_looks_like_a_secret(name: str) -> None:
    service = services()[name]
    for variable, value in service.get("environment", {}).items():
        if SECRET_NAME.search(variable):
            given = REQUIRED_VARIABLE.fullmatch(value) or OPTIONAL_VARIABLE.fullmatch(value)
            assert given, f"{variable} of {name} must come from outside"
        for password in URL_PASSWORD.findall(value):
            assert REQUIRED_VARIABLE.fullmatch(password), f"a password in {variable} of {name}"
    for text in strings(service):
        without_variables = re.sub(r"\$\{[^}]*\}", "", text)
        for token in LOOKS_RANDOM.findall(without_variables):
            assert (ROOT / token).exists() or not re.search(r"\d", token), f"{token!r} in {name}"


def test_the_example_environment_holds_no_values() -> None:
    assert not {name: value for name, value in names_in_env_example().items() if value}


def test_every_variable_stands_in_the_example_environment_and_the_other_way_round() -> None:
    used = set(VARIABLE.findall(COMPOSE_FILE.read_text(encoding="utf-8")))
    assert used == set(names_in_env_example())


def test_only_the_api_publishes_a_port_and_on_loopback_by_default() -> None:
    publishing = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert list(publishing) == ["api"]
    assert all(port.startswith("${HUFA_PUBLISH_ADDRESS:-127.0.0.1}:") for port in publishing["api"])
    assert not [name for name, service in services().items() if service.get("network_mode") == "host"]


def test_only_the_api_is_on_a_network_that_leads_outside() -> None:
    inside = {name for name, network in compose()["networks"].items() if network.get("internal")}
    leading_out = {name for name, service in services().items() if set(service.get("networks", ["default"])) - inside}
    assert leading_out == {"api", "knowledge"}
    assert services()["knowledge"]["network_mode"] == "none"


@pytest.mark.parametrize("name", sorted(services()))
def test_health_is_checked(name: str) -> None:
    service = services()[name]
    if service["restart"] == "no":
        assert service["healthcheck"] == {"disable": True}  # ends by itself; its exit code is what counts
        return
    in_image = "build" in service and "HEALTHCHECK" in (ROOT / service["build"]["dockerfile"]).read_text("utf-8")
    assert in_image or service["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(services()))
def test_is_confined(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert "user" in service or "build" in service
    assert not service.get("privileged")


def test_what_is_depended_on_exists_and_can_reach_its_condition() -> None:
    all_services = services()
    for name, service in all_services.items():
        for other, how in service.get("depends_on", {}).items():
            ends = all_services[other]["restart"] == "no"
            assert (how["condition"] == "service_completed_successfully") is ends, f"{name} waits for {other}"


def test_releases_are_written_by_training_and_by_publishing_only() -> None:
    mounts = {name: [v for v in s.get("volumes", []) if v.startswith("knowledge:")] for name, s in services().items()}
    writing = [name for name, volumes in mounts.items() if volumes and not volumes[0].endswith(":ro")]
    reading = [name for name, volumes in mounts.items() if volumes and volumes[0].endswith(":ro")]
    assert sorted(writing) == ["api", "knowledge"] and reading == ["actions"]
    for name in [*writing, *reading]:
        folder = mounts[name][0].split(":")[1]
        assert f"HUFA_KNOWLEDGE_DIR={folder}" in (ROOT / services()[name]["build"]["dockerfile"]).read_text("utf-8")


def test_volumes_and_networks_are_declared() -> None:
    whole = compose()
    for service in services().values():
        assert set(service.get("networks", [])) <= set(whole["networks"])
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(whole["volumes"])


def test_rasa_gets_every_variable_its_endpoints_need() -> None:
    needed = set(re.findall(r"\$\{(\w+)\}", (ROOT / "bot/endpoints.city.yml").read_text(encoding="utf-8")))
    assert needed <= set(services()["rasa"]["environment"])


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
def test_every_copied_file_exists_and_is_not_ignored(dockerfile: Path) -> None:
    rows = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [row[1:] for row in rows if row.startswith("!")]
    ignored = [row for row in rows if row and row[0] not in "!#*"]
    sources = copied(dockerfile)
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(source == name or source.startswith(f"{name}/") for name in allowed), f"{source} is ignored"
        assert not any(fnmatch(source, row) for row in ignored), f"{source} is ignored"


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.stem)
def test_images_run_as_nobody_special_and_check_their_health(dockerfile: Path) -> None:
    lines = dockerfile.read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["hufa"]
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    assert any(line.startswith("CMD ") for line in lines)
    assert not any(re.search(r"https?://|\bADD\b", line) for line in lines if not line.startswith("#"))


def test_images_use_the_two_pythons() -> None:
    bases = {path.stem: re.findall(r"^FROM (\S+)", path.read_text("utf-8"), re.MULTILINE) for path in DOCKERFILES}
    assert [base.split("-")[0] for base in bases.pop("rasa")] == ["python:3.10"]
    assert {base.split("-")[0] for found in bases.values() for base in found} == {"python:3.11"}


@pytest.mark.parametrize("service", [name for name, s in sorted(services().items()) if "build" in s])
def test_build_arguments_are_known_to_the_dockerfile(service: str) -> None:
    build = services()[service]["build"]
    text = (ROOT / build["dockerfile"]).read_text(encoding="utf-8")
    for argument in build.get("args", {}):
        assert re.search(rf"^ARG {argument}\b", text, re.MULTILINE), argument
