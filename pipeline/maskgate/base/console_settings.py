"""Settings of the console: where it listens, who may read it, and whom it takes people's word from."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from maskgate.base.oidc_settings import Provider, contradictions
from maskgate.base.section import Section


class Console(Section):
    """The review pages and the API."""

    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8300, description="Port; 0 picks a free one", ge=0, le=65535)
    rp_id: str = Field("localhost", description="WebAuthn relying party")
    origins: tuple[str, ...] = Field(("http://localhost:8300",), description="Exact origins of the pages")
    tls_cert: Path | None = Field(None, description="Certificate chain (PEM) with which the console speaks TLS itself")
    tls_key: Path | None = Field(None, description="Its private key (PEM), mode 0600")
    hosts: tuple[str, ...] = Field((), description="Further names that calls may use (Host header), without port")
    writes_per_minute: int = Field(600, description="Writing calls of one key or address a minute; 0: no limit", ge=0)
    reads_per_minute: int = Field(6000, description="Reading calls of one key or address a minute; 0: no limit", ge=0)
    public_figures: bool = Field(False, description="Show OpenAPI and metrics of the console without a signed call")
    allow_session_votes: bool = Field(False, description="Let a signed-in person vote without a key of their own")
    public_read: bool = Field(False, description="Show the masked requests to everybody who reaches the page")
    providers: tuple[Provider, ...] = Field((), description="OpenID providers that people may sign in with")

    @model_validator(mode="after")
    def _whole(self) -> Console:
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError("tls_cert and tls_key belong together")
        if wrong := contradictions(self.providers):
            raise ValueError(wrong)
        if self.tls_cert and any(not origin.startswith("https://") for origin in self.origins):
            raise ValueError("with tls_cert every one of console.origins begins with https://")
        return self
