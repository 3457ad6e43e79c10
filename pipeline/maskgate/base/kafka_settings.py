"""How to reach the broker: transport, certificates, credentials."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, model_validator

from maskgate.base import filemodes
from maskgate.base.section import Secret, Section

OAUTH = "OAUTHBEARER"


class Kafka(Section):
    """How to reach the broker."""

    bootstrap_servers: str = Field("localhost:9092", description="Brokers, HOST:PORT[,HOST:PORT…]")
    embedded: bool = Field(False, description="The broker is the embedded one: no transactions, not exactly-once")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="Transport of the connection"
    )
    sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN", "OAUTHBEARER"] = Field(
        "SCRAM-SHA-512", description="Mechanism where the protocol is SASL"
    )
    sasl_username: str = Field("", description="User of this process")
    sasl_password: Secret = Field(SecretStr(""), description="Its password; {file: PATH} reads it from a file")
    ssl_ca_location: str = Field("", description="CA certificates for SSL")
    ssl_certificate_location: str = Field("", description="mTLS: certificate (PEM) that this process shows the broker")
    ssl_key_location: str = Field("", description="mTLS: its private key (PEM, PKCS8)")
    ssl_key_password: Secret = Field(SecretStr(""), description="mTLS: password of that key, where it has one")
    oauth_token_url: str = Field("", description="OAUTHBEARER: where tokens are fetched (client credentials)")
    oauth_client_id: str = Field("", description="OAUTHBEARER: client id of this process")
    oauth_client_secret: Secret = Field(SecretStr(""), description="OAUTHBEARER: its secret; {file: PATH}")
    oauth_scope: str = Field("", description="OAUTHBEARER: scope that is asked for; empty: none")
    oauth_ca_location: str = Field("", description="OAUTHBEARER: CA certificates of the token address; empty: system's")
    replication_factor: int = Field(1, description="Replicas of the topics that maskgate creates", ge=1)
    options: dict[str, str] = Field(default_factory=dict, description="Further librdkafka settings, as they are")

    @property
    def oauth(self) -> bool:
        """Whether this process signs in with tokens."""
        return self.security_protocol.startswith("SASL") and self.sasl_mechanism == OAUTH

    @model_validator(mode="after")
    def _whole(self) -> Kafka:
        """Half a certificate or half a client would fail far away, at the broker, without a name."""
        if bool(self.ssl_certificate_location) != bool(self.ssl_key_location):
            raise ValueError("ssl_certificate_location and ssl_key_location belong together")
        if self.ssl_certificate_location and not self.security_protocol.endswith("SSL"):
            raise ValueError("a certificate needs security_protocol SSL or SASL_SSL")
        if self.oauth and not (self.oauth_token_url and self.oauth_client_id and self.oauth_client_secret):
            raise ValueError("OAUTHBEARER needs oauth_token_url, oauth_client_id and oauth_client_secret")
        return self

    def client(self) -> dict[str, Any]:
        """Settings of a librdkafka client for this broker.

        Raises:
            ConfigurationError: others may read the private key.
        """
        conf: dict[str, Any] = {"bootstrap.servers": self.bootstrap_servers}
        if self.security_protocol != "PLAINTEXT":
            conf["security.protocol"] = self.security_protocol
        if self.security_protocol.startswith("SASL"):
            conf["sasl.mechanism"] = self.sasl_mechanism
            conf |= self._tokens() if self.oauth else self._password()
        if self.ssl_ca_location:
            conf["ssl.ca.location"] = self.ssl_ca_location
        if self.ssl_certificate_location:
            conf |= {
                "ssl.certificate.location": self.ssl_certificate_location,
                "ssl.key.location": self.ssl_key_location,
            }
            if password := self.ssl_key_password.get_secret_value():
                conf["ssl.key.password"] = password
        conf |= self.options
        if key := conf.get("ssl.key.location"):
            filemodes.check_secret(Path(str(key)))
        return conf

    def _password(self) -> dict[str, str]:
        return {"sasl.username": self.sasl_username, "sasl.password": self.sasl_password.get_secret_value()}

    def _tokens(self) -> dict[str, str]:
        conf = {
            "sasl.oauthbearer.method": "oidc",
            "sasl.oauthbearer.token.endpoint.url": self.oauth_token_url,
            "sasl.oauthbearer.client.id": self.oauth_client_id,
            "sasl.oauthbearer.client.secret": self.oauth_client_secret.get_secret_value(),
        }
        if self.oauth_scope:
            conf["sasl.oauthbearer.scope"] = self.oauth_scope
        if self.oauth_ca_location:
            conf["https.ca.location"] = self.oauth_ca_location
        return conf
