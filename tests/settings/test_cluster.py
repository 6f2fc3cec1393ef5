"""The settings about other machines."""

from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings.cluster import servers_to_places
from pipeline.settings.settings import Settings, load_settings

HERE = "tcp://127.0.0.1:8786"


def loaded(folder: Path, text: str) -> Settings:
    (folder / "settings.yaml").write_text(text)
    return load_settings(folder / "settings.yaml")


def keys(folder: Path) -> str:
    for name in ("ca", "cert", "key"):
        (folder / name).touch()
    return "{ca: ca, cert: cert, key: key}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pool: {kind: dask}", "needs `scheduler`"),
        ("pool: {kind: dask, scheduler: here}", "must look like tls://"),
        ("pool: {kind: dask, scheduler: 'tls://a:1'}", "needs `tls:"),
        ("pool: {kind: dask, scheduler: 'tcp://10.0.0.1:8786'}", "without TLS"),
        ("pool: {kind: dask, scheduler: 'tcp://127.0.0.1:1', tls: {ca: ca, cert: cert, key: key}}", "begins with tls"),
        ("pool: {beat: {silent: 9}}", "must grow"),
        ("pool: {kind: dask, scheduler: 'tls://a:1', tls: {ca: x, cert: cert, key: key}}", "x: is not there"),
        ("servers: [{url: 'http://10.0.0.2:1/v1', host: two}]", "needs `pool:"),
    ],
)
def test_what_cannot_work_is_refused_with_what_would(tmp_path: Path, text: str, said: str) -> None:
    keys(tmp_path)

    with pytest.raises(SettingsError, match=said):
        loaded(tmp_path, text)


def test_files_of_certificates_are_relative_to_the_settings(tmp_path: Path) -> None:
    pool = loaded(tmp_path, f"pool: {{kind: dask, scheduler: 'tls://a:8786/', tls: {keys(tmp_path)}}}").pool

    assert pool.tls is not None
    assert pool.tls.files == tuple(str(tmp_path / name) for name in ("ca", "cert", "key"))
    assert pool.scheduler == "tls://a:8786"


def test_a_server_on_this_machine_is_asked_from_here_and_one_with_a_host_from_there(tmp_path: Path) -> None:
    servers = (
        "servers: [{url: 'http://localhost:1/v1'}, {url: 'http://10.0.0.2:1/v1', host: two}, {url: 'http://b/v1'}]"
    )
    here = loaded(tmp_path, f"{servers}\npool: {{kind: dask, scheduler: '{HERE}'}}")
    there = loaded(tmp_path, f"{servers}\npool: {{kind: dask, scheduler: 'tls://a:1', tls: {keys(tmp_path)}}}")

    assert servers_to_places(here.servers, here.pool) == {"http://10.0.0.2:1/v1": "two"}
    assert servers_to_places(there.servers, there.pool) == {
        "http://10.0.0.2:1/v1": "two",
        "http://localhost:1/v1": "local",
    }


def test_a_server_that_nobody_can_reach_is_refused(tmp_path: Path) -> None:
    pool = f"pool: {{kind: dask, scheduler: 'tls://a:1', tls: {keys(tmp_path)}, local_too: false}}"

    with pytest.raises(SettingsError, match=r"servers\.0\.url.*no host can reach it"):
        loaded(tmp_path, pool)
    with pytest.raises(SettingsError, match=r"servers\.0\.url.*by which two is reached"):
        loaded(tmp_path, f"{pool}\nservers: [{{url: 'http://localhost:1/v1', host: two}}]")
