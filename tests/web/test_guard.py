"""Who may ask for what: a line of the threat model, a test."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from outbox_hands import deliver
from web_hands import RunningPage, page_alone

from pipeline.web.addresses import is_loopback, names_of
from pipeline.web.history import path_to_ident

TOKEN = "a token of sixteen letters and more"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("guard"), upload_mib=1) as running:
        deliver(running.outbox, "report")
        yield running


def test_the_three_names_of_this_machine_are_answered(page: RunningPage) -> None:
    for name in ("127.0.0.1", "localhost", "[::1]", "LOCALHOST"):
        assert page.get("/", Host=f"{name}:{page.port}").status == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:PORT", "127.0.0.1.evil.example:PORT", "localhost.evil.example:PORT"),
        *(
            "",
            ":PORT",
            "localhost",
            "127.0.0.1",
            "127.0.0.1:1",
            "127.0.0.1:0PORT",
            "127.0.0.1:PORT0",
            "localhost:PORT:1",
        ),
        *("0.0.0.0:PORT", "127.1:PORT", "127.0.0.2:PORT", "2130706433:PORT", "0x7f.0.0.1:PORT", "[::]:PORT"),
        *("[::ffff:127.0.0.1]:PORT", "::1:PORT", "localhost.:PORT", "127.0.0.1.:PORT", "localhost%00:PORT"),
        *(
            "evil.example@127.0.0.1:PORT",
            "127.0.0.1:PORT@evil.example",
            "127.0.0.1:PORT,evil.example",
            "127.0.0.1:PORT/",
        ),
    ],
)
def test_every_other_name_is_refused_before_anything_is_looked_up(page: RunningPage, host: str) -> None:
    for path in ("/", "/healthz", "/api/status", "/static/main.js", "/nothing"):
        assert page.get(path, Host=host.replace("PORT", str(page.port))).status == 403


def test_other_sites_may_neither_read_nor_change(page: RunningPage) -> None:
    for site in ("cross-site", "same-site"):
        assert page.get("/api/status", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors").status == 403
        assert page.drop(b"%PDF", Sec_Fetch_Site=site).status == 403
    own = f"http://127.0.0.1:{page.port}"
    for origin in (
        *("http://evil.example", "null", "", "file://", "http://127.0.0.1", f"http://evil.example:{page.port}"),
        *(
            f"{own}.evil.example",
            f"{own}/",
            f"{own}@evil.example",
            f"ftp://127.0.0.1:{page.port}",
            f"127.0.0.1:{page.port}",
        ),
        *(f"chrome-extension://127.0.0.1:{page.port}", f"{own} http://evil.example", f"{own}, null"),
    ):
        assert page.drop(b"%PDF", Origin=origin).status == 403
        assert page.get("/events", Origin=origin).status == 403
    assert not list(page.inbox.iterdir())


def test_a_link_on_another_site_may_lead_here_but_not_into_a_frame(page: RunningPage) -> None:
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}

    assert page.get("/", **link, Sec_Fetch_Dest="document").status == 200
    assert page.get("/", **link, Sec_Fetch_Dest="iframe").status == 403
    assert page.ask("POST", "/api/documents", b"", X_Dropleaf="1", **link, Sec_Fetch_Dest="document").status == 403


def test_nothing_is_changed_without_the_header_that_a_foreign_form_cannot_send(page: RunningPage) -> None:
    ident = path_to_ident("report.json")

    for path in ("/api/documents?name=x.pdf", f"/api/documents/{ident}/retry", "/api/session"):
        answer = page.ask("POST", path, b"%PDF", Content_Type="application/pdf")

        assert (answer.status, "X-Dropleaf" in answer.body.decode()) == (403, True)
    assert page.get(f"/api/documents/{ident}/retry").status == 405


def test_no_answer_invites_other_origins(page: RunningPage) -> None:
    answers = [
        page.ask("OPTIONS", "/api/documents", Origin="http://evil.example", Access_Control_Request_Method="POST"),
        page.get("/api/status", Origin=f"http://127.0.0.1:{page.port}"),
        page.ask("TRACE", "/"),
    ]

    assert [answer.status for answer in answers] == [403, 200, 405]
    assert not any(name.startswith("access-control") for answer in answers for name in answer.headers)


def test_every_answer_carries_the_policy(page: RunningPage) -> None:
    for path in ("/", "/static/main.js", "/api/status", "/nothing", "/healthz", "/metrics"):
        headers = page.get(path).headers
        policy = headers["content-security-policy"]

        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'")
        for rule in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
            assert rule in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "server" not in headers


def test_a_result_is_served_into_a_sandbox(page: RunningPage) -> None:
    ident = path_to_ident("report.json")
    page.get(f"/documents/{ident}")

    for path in ("result", "pages/1", "download/html"):
        answer = page.get(f"/documents/{ident}/{path}")

        assert answer.status == 200
        assert answer.headers["content-security-policy"].startswith(
            "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        )


@pytest.mark.parametrize(
    "ident", ["..", "../../settings", "%2e%2e%2fx", "..%2f..%2fetc%2fpasswd", "report.json", "/etc/passwd", "a" * 5000]
)
def test_results_are_had_by_ident_and_never_by_path(page: RunningPage, ident: str) -> None:
    for path in (f"/documents/{ident}", f"/documents/{ident}/result", f"/documents/{ident}/download/json"):
        assert page.get(path).status == 404
    assert page.get(f"/documents/{path_to_ident('report.json')}/download/..%2fsettings").status == 404
    assert page.get(f"/static/{ident}").status == 404


def test_a_link_in_the_outbox_leads_nowhere(page: RunningPage, tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    deliver(page.outbox, "linked")
    (page.outbox / "linked.html").unlink()
    (page.outbox / "linked.html").symlink_to(tmp_path / "secret.html")
    (page.outbox / "folder").symlink_to(tmp_path)
    deliver(tmp_path, "elsewhere")

    assert page.get(f"/documents/{path_to_ident('linked.json')}/result").status == 404
    assert page.get(f"/documents/{path_to_ident('folder/elsewhere.json')}").status == 404


def test_another_address_demands_a_token(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"web\.token"), page_alone(tmp_path, host="0.0.0.0"):
        pass


def test_with_a_token_nothing_is_shown_without_it(tmp_path: Path) -> None:
    with page_alone(tmp_path, host="0.0.0.0", token=TOKEN) as page:
        for path in ("/api/status", "/events", "/metrics", "/api/history", "/documents/x"):
            assert page.get(path).status == 401
        asked = page.get("/", Accept="text/html")
        assert (asked.status, b"Which token?" in asked.body) == (401, True)
        assert page.drop(b"%PDF").status == 401
        assert page.get("/healthz").status == 200
        assert page.get("/api/status", Authorization="Bearer wrong").status == 401
        assert page.get("/api/status", Cookie=f"dropleaf-{page.port}=wrong").status == 401

        assert page.get("/api/status", Authorization=f"Bearer {TOKEN}").status == 200
        assert page.ask("POST", "/api/session", b"wrong", X_Dropleaf="1").status == 401
        welcome = page.ask("POST", "/api/session", TOKEN.encode(), X_Dropleaf="1")
        cookie = welcome.headers["set-cookie"]
        assert TOKEN not in cookie
        assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
        assert page.get("/", Cookie=cookie.partition(";")[0]).status == 200
        assert page.get("/", Host=f"evil.example:{page.port}").status == 403


def test_a_cookie_opens_one_port(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    with page_alone(tmp_path / "a", token=TOKEN) as one, page_alone(tmp_path / "b", token=TOKEN) as other:
        cookie = one.ask("POST", "/api/session", TOKEN.encode(), X_Dropleaf="1").headers["set-cookie"].partition(";")[0]
        name, _, value = cookie.partition("=")

        assert name == f"dropleaf-{one.port}"
        assert one.get("/api/status", Cookie=cookie).status == 200
        # A browser shows it to both, since they have one name; under the other's name it is worth nothing, either.
        assert other.get("/api/status", Cookie=cookie).status == 401
        assert other.get("/api/status", Cookie=f"dropleaf-{other.port}={value}").status == 401


def test_names_and_addresses_of_this_machine() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "127.8.8.8")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "192.168.1.1", "example.org")] == [False] * 4
    assert names_of("127.0.0.1", 62162) == {"127.0.0.1:62162", "localhost:62162", "[::1]:62162"}
    assert "localhost" in names_of("localhost", 80)
    assert "192.168.1.5:8000" in names_of("192.168.1.5", 8000)


def test_the_status_is_that_of_the_command(page: RunningPage) -> None:
    tree = json.loads(page.get("/api/status").body)

    assert {"daemon", "inbox", "outbox", "waiting", "running", "servers", "done", "failed", "counts"} <= tree.keys()
