"""A real Kafka that speaks TLS: mutual TLS, SCRAM and OAUTHBEARER each on a listener of its own, with a test CA.

Tokens come from :class:`Provider`, an identity provider on loopback that signs JWTs; the broker checks them against its
key set.
"""

from __future__ import annotations

import base64
import datetime
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import SecretStr

from maskgate.base import filemodes
from maskgate.base.config import Kafka
from maskgate.local import kafka_local

CLIENT, SECRET = "maskgate-roles", "a-secret-of-the-tests"
AUDIENCE = "kafka"


class Authority:
    """A CA and what it signs, as PEM files of a folder."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        folder.mkdir(parents=True, exist_ok=True)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"maskgate tests {name}")])
        builder = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(form.Encoding.PEM))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(
            now + datetime.timedelta(days=1)
        )

    def issue(self, name: str, password: str = "") -> tuple[Path, Path]:
        """Certificate and key of a host or client of this name, both for 127.0.0.1 and localhost too."""
        key = ec.generate_private_key(ec.SECP256R1())
        import ipaddress

        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        cert, private = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        cert.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(form.Encoding.PEM))
        lock = form.BestAvailableEncryption(password.encode()) if password else form.NoEncryption()
        filemodes.write_secret(private, key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, lock))
        return cert, private


class Provider:
    """An identity provider: tokens for one client, and the key set that proves them."""

    def __init__(self, lasts_s: int = 300) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.lasts_s, self.given = lasts_s, 0
        provider = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(200, provider.key_set())

            def do_POST(self) -> None:
                body = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
                login = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
                good = self.headers.get("Authorization") == f"Basic {login}"
                if not good or body.get("grant_type") != ["client_credentials"]:
                    self._send(401, {"error": "invalid_client"})
                    return
                provider.given += 1
                token = {"access_token": provider.token(), "token_type": "Bearer", "expires_in": provider.lasts_s}
                self._send(200, token)

            def _send(self, status: int, tree: dict[str, Any]) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(tree).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def key_set(self) -> dict[str, Any]:
        """The public key as a JWK set."""
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256"}
        return {"keys": [key | {"n": _b64(numbers.n.to_bytes(256)), "e": _b64(numbers.e.to_bytes(3))}]}

    def token(self) -> str:
        """A signed token for the client."""
        now = int(time.time())
        head = {"alg": "RS256", "kid": "k1", "typ": "JWT"}
        body = {"sub": CLIENT, "aud": AUDIENCE, "iss": self.address, "iat": now, "exp": now + self.lasts_s}
        body["scope"] = "kafka"
        text = ".".join(_b64(json.dumps(part).encode()) for part in (head, body))
        return f"{text}.{_b64(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


SECURITY = "org.apache.kafka.common.security"
PROPERTIES = """
process.roles=broker,controller
node.id=1
listeners=MTLS://127.0.0.1:{mtls},SCRAM://127.0.0.1:{scram},OAUTH://127.0.0.1:{oauth},PLAIN://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=MTLS://127.0.0.1:{mtls},SCRAM://127.0.0.1:{scram},OAUTH://127.0.0.1:{oauth},PLAIN://127.0.0.1:{plain}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{controller}
listener.security.protocol.map=MTLS:SSL,SCRAM:SASL_SSL,OAUTH:SASL_SSL,PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.mtls.ssl.client.auth=required
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.scram.scram-sha-512.sasl.jaas.config={security}.scram.ScramLoginModule required;
listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.oauth.oauthbearer.sasl.jaas.config={security}.oauthbearer.OAuthBearerLoginModule required;
listener.name.oauth.oauthbearer.sasl.server.callback.handler.class={security}.oauthbearer.OAuthBearerValidatorCallbackHandler
sasl.oauthbearer.expected.issuer={provider}
sasl.oauthbearer.jwks.endpoint.url={provider}/keys
sasl.oauthbearer.expected.audience={audience}
log.dirs={folder}/data
num.partitions=4
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
message.max.bytes=16777216
replica.fetch.max.bytes=16777216
"""


class SecureKafka:
    """The broker with its authority, its provider, and settings for each way in."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.provider = Provider()
        cert, key = self.authority.issue("broker")
        filemodes.write_secret(folder / "broker.pem", key.read_bytes() + cert.read_bytes())
        names = ("mtls", "scram", "oauth", "plain", "controller")
        self.ports = dict(zip(names, kafka_local.free_ports(len(names)), strict=True))
        text = PROPERTIES.format(
            folder=folder, provider=self.provider.address, audience=AUDIENCE, security=SECURITY, **self.ports
        )
        filemodes.write_secret(folder / "server.properties", text.encode())
        filemodes.write_secret(folder / "log4j2.properties", kafka_local._template("log4j2.properties").encode())
        self.password = secrets.token_hex(8)
        self.node = _Node(
            folder,
            f"127.0.0.1:{self.ports['plain']}",
            str(kafka_local.find_java()),
            kafka_local.ensure_jars(),
            {"roles": self.password},
        )
        self.node.allowed = f"{self.provider.address}/keys"
        self.node.format()
        self.node.start(120.0)

    def plain(self) -> Kafka:
        """For the test's own look."""
        return Kafka(bootstrap_servers=f"127.0.0.1:{self.ports['plain']}")

    def _ca(self, listener: str) -> dict[str, Any]:
        return {"bootstrap_servers": f"127.0.0.1:{self.ports[listener]}", "ssl_ca_location": str(self.authority.file)}

    def mtls(self, authority: Authority | None = None, password: str = "") -> Kafka:
        """A certificate of the authority (or another one), its key locked by a password."""
        cert, key = (authority or self.authority).issue("client", password)
        return Kafka(
            security_protocol="SSL",
            ssl_certificate_location=str(cert),
            ssl_key_location=str(key),
            ssl_key_password=SecretStr(password),
            **self._ca("mtls"),
        )

    def scram(self) -> Kafka:
        """A user with a password, over TLS."""
        return Kafka(
            security_protocol="SASL_SSL",
            sasl_username="roles",
            sasl_password=SecretStr(self.password),
            **self._ca("scram"),
        )

    def oauth(self, secret: str = SECRET) -> Kafka:
        """A client of the provider, over TLS."""
        return Kafka(
            security_protocol="SASL_SSL",
            sasl_mechanism="OAUTHBEARER",
            oauth_token_url=f"{self.provider.address}/token",
            oauth_client_id=CLIENT,
            oauth_client_secret=SecretStr(secret),
            oauth_scope="kafka",
            **self._ca("oauth"),
        )

    def stop(self) -> None:
        """End broker and provider."""
        self.node.stop()
        self.provider.stop()


class _Node(kafka_local.LocalKafka):
    """A node whose plain listener tells that it is up, and that may ask the provider for keys."""

    allowed = ""

    @property
    def kafka(self) -> Kafka:
        return Kafka(bootstrap_servers=self.bootstrap)

    def _run(self, *args: str) -> list[str]:
        java, *rest = super()._run(*args)
        return [java, f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={self.allowed}", *rest]
