"""The private authority of a cluster."""

import ssl
from pathlib import Path

import pytest

from pipeline.cluster.keys import Authority, days_left, issue_all, revoke_all
from pipeline.errors import UsageError


def serves(machine: Path, peer: Path) -> bool:
    """Whether ``machine`` accepts the connection of ``peer``, and the other way round: a handshake in memory."""
    contexts = []
    for folder, purpose in ((machine, ssl.Purpose.CLIENT_AUTH), (peer, ssl.Purpose.SERVER_AUTH)):
        context = ssl.create_default_context(purpose, cafile=str(folder / "ca.pem"))
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        context.check_hostname, context.verify_mode = False, ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        contexts.append(context)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = contexts[0].wrap_bio(to_server, to_client, server_side=True)
    client = contexts[1].wrap_bio(to_client, to_server)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return True


def test_machines_of_one_authority_trust_each_other_and_no_others(tmp_path: Path) -> None:
    one, two = issue_all(tmp_path / "keys", ["one", "10.0.0.2"])
    (foreign,) = issue_all(tmp_path / "others", ["one"])

    assert serves(one, two)
    assert serves(two, one)
    assert not serves(one, foreign)


def test_a_revoked_machine_is_shut_out_by_the_files_that_the_others_have_now(tmp_path: Path) -> None:
    one, two = issue_all(tmp_path / "keys", ["one", "two"])

    files = revoke_all(tmp_path / "keys", ["two"])

    assert files == [one / "ca.pem"]
    (gone,) = (tmp_path / "keys").glob("revoked-two-*")
    assert not serves(one, gone)
    (again,) = issue_all(tmp_path / "keys", ["two"])
    assert serves(one, again)
    assert not two.samefile(gone)


def test_an_expired_certificate_is_none(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "keys")
    one, old = authority.issue("one"), authority.issue("old", days=-1)

    assert days_left(one / "cert.pem") > 800
    assert days_left(old / "cert.pem") < 0
    assert not serves(one, old)


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    (one,) = issue_all(tmp_path / "keys", ["one"])

    for path in (one / "key.pem", tmp_path / "keys" / "ca.key"):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["", "..", "a/b", "-x", "ca.pem", "a" * 64])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        issue_all(tmp_path / "keys", [name])


def test_a_name_is_given_once_and_only_what_is_there_can_be_revoked(tmp_path: Path) -> None:
    issue_all(tmp_path / "keys", ["one"])

    with pytest.raises(UsageError, match="revoke it first"):
        issue_all(tmp_path / "keys", ["one"])
    with pytest.raises(UsageError, match="has no certificate"):
        revoke_all(tmp_path / "keys", ["two"])
