"""The way to a server: certificates that are trusted and shown, proxies, and what is said where it does not work."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from certificates import Certificates, make_certificates
from go_betweens import Proxy
from vision.asking import Asking, a_client
from vision.scripted import GOOD, Line, Server, answering, http, serving

from pipeline.errors import ModelUnreachable
from pipeline.server_target import Route


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def asking() -> Iterator[Asking]:
    with a_client() as asking:
        yield asking


@pytest.fixture
def secured(certificates: Certificates) -> Iterator[Server]:
    """A server whose certificate is of a private authority."""
    with serving(answering(*GOOD), certificates.context()) as server:
        yield server


@pytest.fixture
def choosy(certificates: Certificates) -> Iterator[Server]:
    """One that wants to know who asks."""
    with serving(answering(*GOOD), certificates.context(asks=True)) as server:
        yield server


def text_by(asking: Asking, server: Server, route: Route) -> str:
    return asking.ask(replace(server.target, route=route)).text


def problem_by(asking: Asking, server: Server, route: Route) -> str:
    with pytest.raises(ModelUnreachable) as caught:
        text_by(asking, server, route)
    return str(caught.value)


def test_a_private_authority_is_trusted_where_it_is_named(
    asking: Asking, secured: Server, certificates: Certificates
) -> None:
    assert text_by(asking, secured, Route(ca=certificates.ca)) == "<p>Hello</p>"
    assert "is not trusted" in problem_by(asking, secured, Route())
    assert "is not trusted" in problem_by(asking, secured, Route(ca=certificates.stranger))
    assert text_by(asking, secured, Route(verify=False)) == "<p>Hello</p>"


def test_a_certificate_for_another_name_is_not_taken(
    asking: Asking, secured: Server, certificates: Certificates
) -> None:
    target = replace(secured.target, url=secured.url.replace("127.0.0.1", "localhost"))

    with pytest.raises(ModelUnreachable, match=r"not trusted.*localhost"):
        asking.ask(replace(target, route=Route(ca=certificates.ca)))


def test_a_certificate_is_shown_to_a_server_that_wants_one(
    asking: Asking, choosy: Server, certificates: Certificates
) -> None:
    ca = certificates.ca

    assert text_by(asking, choosy, Route(ca=ca, cert=certificates.client)) == "<p>Hello</p>"
    both = Route(ca=ca, cert=certificates.client, key=certificates.client_key)
    assert text_by(asking, choosy, both) == "<p>Hello</p>"
    assert "et cert of this server" in problem_by(asking, choosy, Route(ca=ca))
    assert problem_by(asking, choosy, Route(ca=ca, cert=certificates.stranger))


def test_files_that_are_not_there_are_named(asking: Asking, secured: Server, certificates: Certificates) -> None:
    gone = Path("/nowhere/ca.pem")

    assert "/nowhere/ca.pem" in problem_by(asking, secured, Route(ca=gone))
    assert "/nowhere/ca.pem" in problem_by(asking, secured, Route(ca=certificates.ca, cert=gone))


def test_what_does_not_speak_tls_is_told(asking: Asking, certificates: Certificates) -> None:
    def plain_words(line: Line) -> None:
        line.connection.recv(1)
        line.send(http(b"Bad request", status="400 Bad Request"))

    with serving(plain_words) as plain:
        target = replace(plain.target, url=plain.url.replace("http:", "https:"), route=Route(ca=certificates.ca))
        with pytest.raises(ModelUnreachable, match="http://"):
            asking.ask(target)


def test_pages_go_through_a_proxy(asking: Asking) -> None:
    with serving(answering(*GOOD)) as server, Proxy() as proxy:
        assert [text_by(asking, server, Route(proxy=proxy.url)) for _ in range(2)] == ["<p>Hello</p>"] * 2
        assert len(server.connections) == 1  # kept for the next page
    assert proxy.asked[0] == f"POST {server.url}/chat/completions HTTP/1.1"


def test_pages_go_through_a_tunnel_of_a_proxy_that_wants_a_password(
    asking: Asking, secured: Server, certificates: Certificates
) -> None:
    with Proxy(login="somebody:secret") as proxy:
        route = Route(ca=certificates.ca, proxy=proxy.url)
        assert [text_by(asking, secured, route) for _ in range(2)] == ["<p>Hello</p>"] * 2
        assert len(secured.connections) == 1

        nobody = route.proxy and route.proxy.replace("somebody:secret@", "")
        problem = problem_by(asking, secured, replace(route, proxy=nobody))
    assert "407" in problem
    assert proxy.asked[0].startswith("CONNECT 127.0.0.1:")


def test_a_proxy_that_refuses_is_named_without_its_password(
    asking: Asking, secured: Server, certificates: Certificates
) -> None:
    with Proxy(login="somebody:secret", refuses=True) as proxy:
        problem = problem_by(asking, secured, Route(ca=certificates.ca, proxy=proxy.url))

    assert f"The proxy 127.0.0.1:{proxy.port} refuses the connection to" in problem
    assert "403" in problem
    assert "secret" not in problem


def test_a_proxy_that_is_gone_is_unreachable(asking: Asking) -> None:
    with Proxy() as proxy:
        pass
    with serving(answering(*GOOD)) as server:
        assert problem_by(asking, server, Route(proxy=proxy.url))
        assert server.requests == []


def test_addresses_of_the_route_take_the_place_of_a_name_but_not_in_certificates(
    asking: Asking, secured: Server, certificates: Certificates
) -> None:
    with serving(answering(*GOOD)) as server:
        named = replace(server.target, url=server.url.replace("127.0.0.1", "models.invalid"))
        two = ("127.0.0.9", "127.0.0.1")  # nobody listens at the first
        assert asking.ask(replace(named, route=Route(addresses=two))).text == "<p>Hello</p>"
        assert b"Host: models.invalid" in server.requests[0]

    other = replace(secured.target, url=secured.url.replace("127.0.0.1", "models.invalid"))
    with pytest.raises(ModelUnreachable, match=r"not trusted.*models\.invalid"):
        asking.ask(replace(other, route=Route(ca=certificates.ca, addresses=("127.0.0.1",))))


def test_the_route_may_change_from_page_to_page(asking: Asking, secured: Server, certificates: Certificates) -> None:
    with serving(answering(*GOOD)) as server, Proxy() as proxy:
        assert text_by(asking, server, Route(proxy=proxy.url)) == "<p>Hello</p>"
        assert text_by(asking, server, Route()) == "<p>Hello</p>"
        assert text_by(asking, secured, Route(ca=certificates.ca)) == "<p>Hello</p>"
        assert problem_by(asking, secured, Route())
        assert len(proxy.asked) == 1
