"""Servers behind TLS and proxies, reached by workers in their sandbox, and by ``dropleaf doctor`` the same way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from certificates import Certificates, make_certificates
from daemons import Place
from delivery import delivery_of
from go_betweens import Proxy, TlsFront
from pdfs import numbered_pdf
from simulator import Simulator

AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator() as sim:
        yield sim


def place_for(root: Path, **server: object) -> Place:
    place = Place(root, server="http://unused/v1", workers=1)
    place.write_settings(servers=[server])
    place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
    return place


def run_once(place: Place, environment: dict[str, str]) -> int:
    with pytest.MonkeyPatch.context() as patch:
        for name in AUTHORITIES:
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        return place.watch_once()


def methods(place: Place) -> dict[str, int]:
    return delivery_of(place.outbox / "r.json").methods


def test_a_private_authority_and_a_certificate_of_the_settings_are_used_in_the_sandbox(
    tmp_path: Path, certificates: Certificates, sim: Simulator
) -> None:
    with TlsFront(sim.url, certificates.context(asks=True)) as front:
        keys = {"ca": str(certificates.ca), "cert": [str(certificates.client), str(certificates.client_key)]}
        place = place_for(tmp_path, url=front.url, **keys)

        found = place.run("doctor")
        assert place.watch_once() == 0

    assert "It takes a picture of" in found.err.replace("\n", " ")
    assert methods(place) == {"vision": 1}


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_authorities_of_the_environment_are_used_in_the_sandbox_and_its_proxy_is_not_for_this_machine(
    tmp_path: Path, certificates: Certificates, sim: Simulator, name: str
) -> None:
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "ALL_PROXY"), NOWHERE)
    with TlsFront(sim.url, certificates.context()) as front:
        place = place_for(tmp_path, url=front.url)

        assert run_once(place, {name: str(certificates.ca), **proxies}) == 0

    assert methods(place) == {"vision": 1}


def test_a_server_that_is_not_trusted_is_told_of_by_doctor(
    tmp_path: Path, certificates: Certificates, sim: Simulator
) -> None:
    with TlsFront(sim.url, certificates.context()) as front:
        found = place_for(tmp_path, url=front.url).run("doctor")

    assert "Set ca of this server" in found.err.replace("\n", " ")


def test_a_proxy_of_the_settings_is_the_only_way_out_of_a_worker(tmp_path: Path, sim: Simulator) -> None:
    with Proxy() as proxy:
        # By a name that a worker cannot resolve, since it has no datagrams.
        place = place_for(tmp_path, url=sim.url, proxy=proxy.url.replace("127.0.0.1", "localhost"))

        assert place.watch_once() == 0

    assert methods(place) == {"vision": 1}
    assert any(line.startswith(f"POST {sim.url}/chat/completions") for line in proxy.asked)
