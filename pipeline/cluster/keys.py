"""Certificates of a cluster: a private authority, a certificate for each machine, and the list of those revoked.

The folder holds ``ca.key``, which no machine of the cluster needs, ``ca.pem`` (the authority's certificate and its list
of revoked ones), and a folder for each machine with the three files that go there: ``ca.pem``, ``cert.pem``,
``key.pem``.
"""

import ipaddress
import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.errors import UsageError
from pipeline.files.atomic import write_whole

_PRIVATE = 0o700
#: The authority and its list outlive every machine's certificate.
_AUTHORITY_DAYS = 3650
_MACHINE_DAYS = 825
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]{0,62}")
_CRL = b"-----BEGIN X509 CRL-----"


class Authority:
    """The authority in its folder."""

    def __init__(self, folder: Path) -> None:
        """Open it; it is made where there is none.

        Raises:
            OSError: It cannot be read or written.
            UsageError: What is there is none of ours.
        """
        self._folder = folder
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        if not self._key_file.exists():
            self._make()
        try:
            key = load_pem_private_key(self._key_file.read_bytes(), None)
            certificate, _, revoked = (folder / "ca.pem").read_bytes().partition(_CRL)
            self._certificate = x509.load_pem_x509_certificate(certificate)
            self._revoked = {each.serial_number: each for each in x509.load_pem_x509_crl(_CRL + revoked)}
        except (ValueError, TypeError) as error:
            raise UsageError(f"{folder}: holds no authority of ours") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise UsageError(f"{folder}: holds no authority of ours")
        self._key = key

    @property
    def _key_file(self) -> Path:
        return self._folder / "ca.key"

    def issue(self, name: str, *, days: float = _MACHINE_DAYS) -> Path:
        """Make a machine's certificate and key; returns the folder that goes to it.

        Args:
            name: A host name or an IP address.
            days: For which it is valid, from now on.

        Raises:
            UsageError: The name is none, or has a certificate already.
            OSError: The files cannot be written.
        """
        if not _NAME.fullmatch(name) or name in {"ca.key", "ca.pem"}:
            raise UsageError(f"{name}: is no name for a machine: letters, digits, dots and hyphens, at most 63")
        home = self._folder / name
        if home.exists():
            raise UsageError(f"{home}: is there already; revoke it first: dropleaf cluster-keys --revoke {name}")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, self._certificate.subject, key.public_key(), days)
            .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
            .sign(self._key, SHA256())
        )
        home.mkdir(mode=_PRIVATE)
        _write_private(home / "key.pem", _key_to_pem(key))
        write_whole(home / "cert.pem", [certificate.public_bytes(Encoding.PEM)])
        write_whole(home / "ca.pem", [(self._folder / "ca.pem").read_bytes()])
        return home

    def revoke(self, name: str) -> Path:
        """Put a machine's certificate on the list, and the list into every machine's folder; returns its old folder.

        Raises:
            UsageError: It has none.
            OSError: The files cannot be written.
        """
        home = self._folder / name
        if not _NAME.fullmatch(name) or not (home / "cert.pem").is_file():
            raise UsageError(f"{home}: has no certificate")
        serial = x509.load_pem_x509_certificate((home / "cert.pem").read_bytes()).serial_number
        when = datetime.now(UTC)
        self._revoked[serial] = x509.RevokedCertificateBuilder(serial, when).build()
        self._write_list()
        gone = self._folder / f"revoked-{name}-{serial:x}"
        home.rename(gone)
        return gone

    def machines(self) -> Iterator[Path]:
        """The folders of all that have a certificate."""
        for path in sorted(self._folder.iterdir()):
            if (path / "cert.pem").is_file() and not path.name.startswith("revoked-"):
                yield path

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dropleaf cluster")])
        self._certificate = (
            _builder("Dropleaf cluster", name, key.public_key(), _AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_authority_usage(), critical=True)
            .sign(key, SHA256())
        )
        self._key, self._revoked = key, {}
        self._write_list()
        _write_private(self._key_file, _key_to_pem(key))

    def _write_list(self) -> None:
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self._certificate.subject,
            last_update=now - timedelta(minutes=5),
            next_update=now + timedelta(days=_AUTHORITY_DAYS),
            revoked_certificates=list(self._revoked.values()),
        )
        revoked = builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM)
        whole = self._certificate.public_bytes(Encoding.PEM) + revoked
        for folder in [self._folder, *self.machines()]:
            write_whole(folder / "ca.pem", [whole])


def issue_all(folder: Path, names: Sequence[str]) -> list[Path]:
    """Certificates for machines; returns the folders that go to them.

    Raises:
        UsageError: One of the names cannot have one.
        OSError: The files cannot be written.
    """
    authority = Authority(folder)
    return [authority.issue(name) for name in names]


def revoke_all(folder: Path, names: Sequence[str]) -> list[Path]:
    """Shut machines out; returns the files of the authority that must go to the others.

    Raises:
        UsageError: One of them has no certificate.
        OSError: The files cannot be written.
    """
    authority = Authority(folder)
    for name in names:
        authority.revoke(name)
    return [path / "ca.pem" for path in authority.machines()]


def days_left(certificate: Path) -> float:
    """Days until a certificate expires, negative after that.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no certificate.
    """
    until = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    return (until - datetime.now(UTC)).total_seconds() / 86400


def _builder(name: str, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: float) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # Clocks differ by minutes; an expired one (of a test) must have begun before its end.
        .not_valid_before(min(now, now + timedelta(days=days)) - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=days))
    )


def _authority_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_to_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
