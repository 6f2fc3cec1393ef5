"""The printed unit lets the service get at what the settings name."""

from pathlib import Path

import pytest

from pipeline.commands.systemd_unit import Role, settings_to_member_unit, settings_to_unit
from pipeline.settings.sections import Hooks, Server
from pipeline.settings.settings import Settings, load_settings

NOBODY = Hooks()


def lines_for(tmp_path: Path, *servers: Server, hooks: Hooks = NOBODY) -> list[str]:
    settings = Settings(inbox=tmp_path / "inbox", outbox=tmp_path / "outbox", servers=servers, hooks=hooks)
    return settings_to_unit(settings, None, user=False).splitlines()


def test_certificates_in_a_home_are_bound_into_the_services_view(tmp_path: Path) -> None:
    home = Path("/home/somebody")
    own = Server(ca=home / "ca.pem", cert=(home / "mine.pem", home / "key.pem"))
    lines = lines_for(tmp_path, own, Server(url="https://h/v1", ca=Path("/etc/ssl/lab.pem")))

    assert {line for line in lines if "somebody" in line} == {
        f"BindReadOnlyPaths={home / name}" for name in ("ca.pem", "mine.pem", "key.pem")
    }
    assert not any("lab.pem" in line for line in lines)  # what lies elsewhere is seen anyway


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY"])
def test_the_service_may_reach_servers_and_their_proxies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for other in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(other, raising=False)
    far, proxied = Server(url="https://8.8.8.8/v1"), Server(url="https://8.8.4.4/v1", proxy="http://10.9.8.7:3128")

    def allowed() -> str:
        return next(line for line in lines_for(tmp_path, far, proxied) if line.startswith("IPAddressAllow="))

    assert allowed() == "IPAddressAllow=localhost 8.8.8.8 10.9.8.7"
    monkeypatch.setenv(name, "http://10.1.1.1:3128")
    assert allowed() == "IPAddressAllow=localhost 8.8.8.8 10.1.1.1 10.9.8.7"


def test_the_service_may_reach_its_hook_and_run_its_program(tmp_path: Path) -> None:
    hooks = Hooks(url="https://9.9.9.9/told?key=1", command=("/home/somebody/told", "--quiet"))

    lines = lines_for(tmp_path, Server(), hooks=hooks)

    assert "IPAddressAllow=localhost 9.9.9.9" in lines
    assert "BindReadOnlyPaths=/home/somebody/told" in lines


def test_it_begins_with_the_commands_that_prepare_and_start_the_service(tmp_path: Path) -> None:
    (tmp_path / "in box\n[Service]").mkdir()
    settings = Settings(inbox=tmp_path / "in box\n[Service]", outbox=tmp_path / "it's out", engine="basic")
    file = tmp_path / "settings.yaml"

    system = settings_to_unit(settings, file, user=False).partition("[Unit]")[0]
    own = settings_to_unit(settings, file, user=True).partition("[Unit]")[0]

    assert all(line.startswith("#") for line in (system + own).splitlines())
    assert "useradd --system" in system
    assert "install -d -o" in system
    assert f"unit --settings {file} > /etc/systemd/system/dropleaf.service" in system
    assert "systemctl enable --now dropleaf" in system
    assert "useradd" not in own
    assert "systemctl --user enable --now dropleaf" in own


def test_folders_of_the_command_line_are_named_in_the_unit(tmp_path: Path) -> None:
    settings = Settings(inbox=tmp_path / "in", outbox=tmp_path / "out")

    unit = settings_to_unit(settings, tmp_path / "settings.yaml", user=False, name_folders=True)

    (start,) = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert start.endswith(f"--settings {tmp_path}/settings.yaml --inbox {tmp_path}/in --outbox {tmp_path}/out")


@pytest.mark.parametrize("role", ["worker", "scheduler"])
def test_a_machine_of_a_cluster_has_a_unit_of_its_own(tmp_path: Path, role: Role) -> None:
    (tmp_path / "settings.yaml").write_text("pool: {scheduler: 'tcp://127.0.0.1:8786'}\n")
    settings = load_settings(tmp_path / "settings.yaml")

    named = settings_to_member_unit(settings, tmp_path / "settings.yaml", role)
    unnamed = settings_to_member_unit(settings, None, role)

    assert f" {role} --settings {tmp_path}/settings.yaml\n" in named
    assert unnamed.count(" --tls /etc/dropleaf/tls\n") == 1
    assert "NoNewPrivileges=yes" in named
    assert "$" not in named.replace("$$", "")


def test_a_daemon_with_a_cluster_may_reach_hosts_wherever_they_are(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("pool: {kind: dask, scheduler: 'tcp://127.0.0.1:8786'}\n")

    text = settings_to_unit(load_settings(tmp_path / "settings.yaml"), None, user=False)

    assert "IPAddressAllow=localhost any\n" in text
