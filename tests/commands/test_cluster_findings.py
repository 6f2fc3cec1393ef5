"""What doctor says of hosts and of a scheduler that is not there."""

from dataclasses import replace
from pathlib import Path

import pytest
from cluster_hands import free_port

from pipeline.cluster.keys import Authority
from pipeline.commands.cluster_findings import cluster_to_findings, host_to_finding
from pipeline.commands.findings import Health
from pipeline.pool.interface import HostFacts
from pipeline.settings.settings import load_settings

HOST = HostFacts(name="one", slots=4, in_work=0, heard_s=0.1, state="ready", release="1", clock_s=0.2, free_mib=9000)


@pytest.mark.parametrize(
    ("host", "health", "said"),
    [
        (HOST, Health.OK, "4 slots"),
        (replace(HOST, clock_s=-90.0), Health.WARNING, "90 s behind"),
        (replace(HOST, free_mib=10), Health.WARNING, "10 MiB left"),
        (replace(HOST, state="has Dropleaf 9"), Health.FAULT, "has Dropleaf 9"),
    ],
)
def test_each_host_is_looked_at(host: HostFacts, health: Health, said: str) -> None:
    finding = host_to_finding(host)

    assert finding.health is health
    assert said in finding.detail


def test_an_expired_certificate_and_a_missing_scheduler_are_faults(tmp_path: Path) -> None:
    home = Authority(tmp_path / "keys").issue("daemon", days=-1)
    files = f"{{ca: {home}/ca.pem, cert: {home}/cert.pem, key: {home}/key.pem}}"
    file = tmp_path / "settings.yaml"
    file.write_text(f"pool: {{kind: dask, scheduler: 'tls://127.0.0.1:{free_port()}', tls: {files}}}\n")

    found = {each.subject: each for each in cluster_to_findings(load_settings(file))}

    assert found["certificate"].health is Health.FAULT
    assert "has expired" in found["certificate"].detail
    assert found["scheduler"].health is Health.FAULT
