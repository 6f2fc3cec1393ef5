"""Which way a server is reached, by the settings and the environment."""

from pathlib import Path

import pytest

from pipeline.server_target import Route
from pipeline.servers.routes import NO_PROXY, files_of, is_near, possible_urls, resolve_route

FAR = "https://8.8.8.8/v1"
PROXY = "http://proxy.example:3128"
NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *map(str.lower, NAMES), *AUTHORITIES):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.8.8.8", "::1", "10.1.2.3", "172.16.0.9", "192.168.178.20", "169.254.1.1", "fe80::1", "fd00::7"],
)
def test_private_addresses_are_near(host: str) -> None:
    assert is_near(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "172.32.0.1", "192.169.0.1"])
def test_addresses_of_others_are_not(host: str) -> None:
    assert not is_near(host)


def test_names_are_near_by_their_addresses_or_by_their_form() -> None:
    assert is_near("localhost")
    for name in ("gpu-box", "gpu-box.local", "models.home.arpa", "LAB.internal"):
        assert is_near(name), name
    assert not is_near("models.example")


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_for_servers_far_away(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, PROXY)

    assert resolve_route(FAR, Route()).proxy == PROXY
    for near in ("https://127.0.0.1:1234/v1", "https://[::1]/v1", "https://192.168.1.9/v1", "https://localhost/v1"):
        assert resolve_route(near, Route()).proxy is None, near


def test_an_address_without_a_scheme_is_one_of_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")

    assert resolve_route(FAR, Route()).proxy == PROXY


def test_who_is_excepted_from_the_environments_proxy_is_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", PROXY)
    monkeypatch.setenv("no_proxy", "8.8.8.8,models.example")

    assert resolve_route(FAR, Route()).proxy is None
    assert resolve_route("https://8.8.4.4/v1", Route()).proxy == PROXY


def test_the_settings_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://other.example:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/other.pem")

    assert resolve_route(FAR, Route(proxy=PROXY)).proxy == PROXY
    assert resolve_route("http://127.0.0.1/v1", Route(proxy=PROXY)).proxy == PROXY  # the user knows why
    assert resolve_route(FAR, Route(proxy=NO_PROXY)).proxy is None
    assert resolve_route(FAR, Route(ca=Path("/etc/own.pem"))).ca == Path("/etc/own.pem")


@pytest.mark.parametrize("name", AUTHORITIES)
def test_authorities_of_the_environment_are_obeyed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "/etc/lab.pem")

    assert resolve_route(FAR, Route()).ca == Path("/etc/lab.pem")
    assert files_of(Route(cert=Path("/c"), key=Path("/k"))) == (Path("/etc/lab.pem"), Path("/c"), Path("/k"))


def test_workers_may_connect_to_whom_the_way_leads_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert possible_urls(FAR, Route()) == (FAR,)
    assert possible_urls(FAR, Route(proxy=PROXY)) == (PROXY,)

    monkeypatch.setenv("https_proxy", PROXY)
    assert possible_urls(FAR, Route()) == (FAR, PROXY)
    assert possible_urls(FAR, Route(proxy=NO_PROXY)) == (FAR,)


def test_addresses_are_found_out_once_so_that_workers_need_not() -> None:
    assert set(resolve_route("http://localhost:1234/v1", Route()).addresses) & {"127.0.0.1", "::1"}
    assert resolve_route("http://[::1]:1234/v1", Route()).addresses == ("::1",)
    assert resolve_route("http://models.invalid/v1", Route()).addresses == ()

    proxied = Route(proxy="http://127.0.0.1:3128")
    assert resolve_route("http://models.invalid/v1", proxied).addresses == ("127.0.0.1",)


def test_a_password_of_a_proxy_is_in_no_words_about_a_route() -> None:
    assert "secret" not in repr(Route(proxy="http://somebody:secret@proxy.example:3128"))
