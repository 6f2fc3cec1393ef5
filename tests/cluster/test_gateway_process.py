"""The gateway as the daemon starts it: apart, and with nothing of the daemon's in reach."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from daemons import ROOT

from pipeline.cluster import gateway_process
from pipeline.cluster.gateway_process import HOST_PORTS, gateway_settings
from pipeline.pool.interface import StartMethod
from pipeline.sandbox.policy import Policy


def test_it_reaches_its_certificates_the_scheduler_and_hosts_and_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_process, "try_out", lambda policy: (policy, None))

    settings = gateway_settings("tls://desk:4000", 4000, [Path("/keys/ca.pem"), Path("/keys/key.pem")], None)

    policy = json.loads(settings.initialise_with[0])
    assert (policy["readable"], policy["writable"]) == (["/keys/ca.pem", "/keys/key.pem"], [])
    assert set(policy["ports"]) == {4000, *HOST_PORTS}
    assert set(policy["parts"]) == set(Policy().parts), "all parts of the sandbox that workers have"
    assert settings.start_method is StartMethod.SPAWN, "it shares no memory with the daemon"


def test_a_daemon_with_hosts_loads_nothing_of_dask() -> None:
    program = (
        "import sys, pipeline.daemon.daemon, pipeline.dispatch.host_pools\n"
        "print([name for name in ('distributed', 'dask', 'tornado', 'cloudpickle') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
