"""The chart, the plain manifests and the units of systemd: valid, locked down, with settings that our reader takes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from maskgate.base.config import load

ROOT = Path(__file__).parents[2]
CHART = ROOT / "examples" / "helm" / "maskgate"
PLAIN = ROOT / "examples" / "kubernetes" / "maskgate.yaml"
ROLES = {"mask", "gate", "lineage", "watch", "console"}
SERVERS = ("1.28", "1.33")


def _documents(text: str) -> list[dict[str, Any]]:
    return [document for document in YAML(typ="safe", pure=True).load_all(text) if document]


@pytest.fixture(scope="module")
def plain() -> list[dict[str, Any]]:
    return _documents(PLAIN.read_text(encoding="utf-8"))


def _of(documents: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {d["metadata"]["name"].removeprefix("maskgate-"): d for d in documents if d["kind"] == kind}


@pytest.mark.parametrize("server", SERVERS)
def test_manifests_are_what_the_server_takes(plain: list[dict[str, Any]], server: str) -> None:
    """By the published schemas, without a member that they do not know."""
    for document in plain:
        kubernetes_validate.validate(document, server, strict=True)


def test_the_schemas_would_refuse(plain: list[dict[str, Any]]) -> None:
    """The check can fail."""
    wrong = {**plain[0], "spec": {**plain[0]["spec"], "egres": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, SERVERS[0], strict=True)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_is_locked_down(plain: list[dict[str, Any]], role: str) -> None:
    """The 'restricted' Pod Security Standard, a read-only root, a network of its own, secrets nobody can write."""
    pod = _of(plain, "StatefulSet")[role]["spec"]["template"]["spec"]
    assert (
        pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
    )
    assert pod["automountServiceAccountToken"] is False
    for container in [*pod["initContainers"], *pod["containers"]]:
        context = container["securityContext"]
        assert context["capabilities"] == {"drop": ["ALL"]} and context["readOnlyRootFilesystem"]
        assert context["allowPrivilegeEscalation"] is False
        assert {"requests", "limits"} <= set(container["resources"])
    (secret,) = [v["secret"] for v in pod["volumes"] if "secret" in v]
    assert secret["defaultMode"] in (0o440, 440)  # YAML 1.1 reads 0440 as octal, as the server does
    network = _of(plain, "NetworkPolicy")[role]["spec"]
    assert set(network["policyTypes"]) == {"Ingress", "Egress"}
    chosen = network["podSelector"]["matchLabels"]
    labels = _of(plain, "StatefulSet")[role]["spec"]["template"]["metadata"]["labels"]
    assert chosen.items() <= labels.items()
    reached = {port["port"] for rule in network["ingress"] for port in rule["ports"]}
    assert reached == ({8301, 8300} if role == "console" else {8301})


def test_more_than_one_is_never_all_away_at_once(plain: list[dict[str, Any]]) -> None:
    """A budget for workers and gates."""
    assert set(_of(plain, "PodDisruptionBudget")) == {"mask", "gate"}


def test_the_settings_are_ours(plain: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ConfigMap's file is read as a role would, and its policy is one."""
    from maskgate.policy import load_policy

    data = _of(plain, "ConfigMap")["settings"]["data"]
    (tmp_path / "password").write_text("x")
    (tmp_path / "password").chmod(0o600)
    text = data["maskgate.yaml"].replace("/run/secrets/maskgate/kafka-password", str(tmp_path / "password"))
    (tmp_path / "maskgate.yaml").write_text(text)
    (tmp_path / "policy.yaml").write_text(data["policy.yaml"])
    settings, _ = load(tmp_path / "maskgate.yaml")
    assert settings.kafka.security_protocol == "SASL_SSL" and settings.kafka.replication_factor == 3
    assert settings.monitor.token_file is not None
    assert load_policy(tmp_path / "policy.yaml").ref.id == "deployment"


@pytest.mark.skipif(shutil.which("helm") is None, reason="Helm is not installed here")
def test_the_plain_manifests_are_the_charts() -> None:
    """Rendered anew they are the same."""
    done = subprocess.run(
        ["helm", "template", "maskgate", CHART, "--kube-version", "1.30"], capture_output=True, text=True, check=True
    )
    assert _documents(done.stdout) == _documents(PLAIN.read_text(encoding="utf-8"))
    subprocess.run(["helm", "lint", CHART, "--strict"], check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_units_verify_and_are_locked_down(tmp_path: Path) -> None:
    """systemd reads the unit without a complaint, and rates it as exposed at 2.0 or less of 10."""
    text = (ROOT / "examples" / "systemd" / "maskgate@.service").read_text(encoding="utf-8")
    unit = tmp_path / "maskgate@mask.service"
    unit.write_text(text.replace("/opt/maskgate/bin/maskgate", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert done.returncode == 0 and "Unknown" not in done.stderr, done.stderr
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", unit], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-300:]


def test_each_role_has_its_settings_for_systemd() -> None:
    """A port of its own for the monitor, since five of them share a host."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "examples" / "systemd").glob("*.env")}
    assert set(files) == ROLES
    ports = {line for text in files.values() for line in text.splitlines() if "MONITOR_PORT" in line}
    assert len(ports) == len(ROLES)
