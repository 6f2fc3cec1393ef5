"""Certificates of a small authority, for tests of TLS."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Files of PEM.

    Attributes:
        ca: The authority's certificate.
        server: For 127.0.0.1, with its key.
        client: Of somebody whom the authority knows, with its key.
        client_key: The same key by itself.
        stranger: A certificate with its key that the authority does not know.
    """

    ca: Path
    server: Path
    client: Path
    client_key: Path
    stranger: Path

    def context(self, *, asks: bool = False) -> ssl.SSLContext:
        """A server's; ``asks``: it wants a certificate of the authority to be shown."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        if asks:
            context.load_verify_locations(self.ca)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def make_certificates(folder: Path) -> Certificates:
    """An authority, a server's certificate, a client's, and a stranger's."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Test authority", key, None, ca=True)
    files = {name: folder / f"{name}.pem" for name in ("ca", "server", "client", "client_key", "stranger")}
    files["ca"].write_bytes(authority.public_bytes(Encoding.PEM))
    for name in ("server", "client"):
        own = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, own, (authority, key))
        files[name].write_bytes(_private(own) + certificate.public_bytes(Encoding.PEM))
        if name == "client":
            files["client_key"].write_bytes(_private(own))
    other = ec.generate_private_key(ec.SECP256R1())
    files["stranger"].write_bytes(_private(other) + _certificate("stranger", other, None).public_bytes(Encoding.PEM))
    return Certificates(**files)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    *,
    ca: bool = False,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, signer = (subject, key) if issuer is None else (issuer[0].subject, issuer[1])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
