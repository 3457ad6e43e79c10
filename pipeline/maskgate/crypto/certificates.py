"""A small certificate authority: the brokers of a composed deployment have their certificates from it.

Larger places have one of their own; then theirs is used and this is not. Keys are EC P-256, files are PEM, which
Kafka reads without a Java key store. The authority's key signs certificates and nothing else.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError

AUTHORITY_DAYS = 3650
_PEM = serialization.Encoding.PEM


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(subject: str, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))  # clocks differ a little
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass(frozen=True, slots=True)
class Authority:
    """A key that signs certificates, and its own certificate."""

    certificate: x509.Certificate
    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def pem(self) -> bytes:
        """The certificate that others trust."""
        return self.certificate.public_bytes(_PEM)

    def issue(self, name: str, hosts: Sequence[str] = (), days: int = 365) -> bytes:
        """PEM of a new private key and its certificate, for a server of these hosts and for a client of this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject
        builder = _builder(name, issuer, key.public_key(), days)
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        ours = self._key.public_key()
        signed = (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ours), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return _private_pem(key) + signed.public_bytes(_PEM)


def create_authority(key_file: Path, certificate_file: Path, name: str) -> Authority:
    """A new authority; its key is a secret, its certificate public.

    Raises:
        ConfigurationError: there is one already; certificates of the old one would not be trusted any more.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(name, _name(name), key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    try:
        filemodes.create_secret(key_file, _private_pem(key))
    except FileExistsError:
        raise ConfigurationError(f"{key_file}: there is an authority already") from None
    filemodes.write_public(certificate_file, certificate.public_bytes(_PEM))
    return Authority(certificate, key)


def load_authority(key_file: Path, certificate_file: Path) -> Authority:
    """The authority of these two files.

    Raises:
        ConfigurationError: one is missing, damaged or too open, or they do not belong together.
    """
    try:
        key = serialization.load_pem_private_key(filemodes.read_secret(key_file), None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{key_file}: cannot read the authority: {error.strerror}") from None
    except (TypeError, ValueError):
        raise ConfigurationError(f"{key_file}: not an authority's key and certificate") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ConfigurationError(f"{key_file}: not the key of {certificate_file}")
    return Authority(certificate, key)
