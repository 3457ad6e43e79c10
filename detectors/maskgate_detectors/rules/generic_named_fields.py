"""Credentials named by the field they stand in."""

from __future__ import annotations

from maskgate_detectors import secret_checks
from maskgate_detectors.rule import SECRET, Rule, detector
from maskgate_detectors.words import words

_CHARS = r"[A-Za-z0-9_\-+=.~!@#$%^&*|?;,/]"
_FIRST = r"[A-Za-z0-9_\-+=.~!@#$%^&*|?;,]"  # no slash: a path


def _with_digit(least: int) -> str:
    """A pattern of a run without white space, at least that long, that holds a digit and does not begin as a path."""
    early = (
        rf"\d{_CHARS}{{{least - 1},}}",
        *(rf"{_FIRST}{_CHARS}{{{at - 1}}}\d{_CHARS}{{{least - 1 - at},}}" for at in range(1, least)),
    )
    return "|".join((*early, rf"{_FIRST}{_CHARS}{{{least - 1},}}\d{_CHARS}{{0,}}"))


# Eight characters with a digit, or letters that are too long for a word.
_VALUE = _with_digit(8) + r"|[A-Za-z0-9+/]{24,}={0,2}|[A-Za-z]{20,64}"
_TOKEN_LIKE = _with_digit(16) + r"|[A-Za-z0-9_-]{32,}"


@detector
def named_secret() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="secret-field",
        entity=SECRET,
        label="Credential in a field that names one",
        pattern=(
            r"(?i)(?:api[_ -]?key|api[_ -]?token|app[_ -]?key|access[_ -]?key|access[_ -]?token|auth[_ "
            r"-]?token|auth[_ -]?key|refresh[_ -]?token|id[_ -]?token|session[_ -]?token|bearer[_ -]?token"
            r"|secret[_ -]?key"
            r"|client[_ -]?secret|app[_ -]?secret|webhook[_ -]?secret|signing[_ -]?(?:key|secret)|private[_ "
            r"-]?(?:key|token)|encryption[_ -]?key|secret|token|credentials?|_auth|authToken)"
            r"[\\\"'`\]]{0,3}\s{0,3}(?:=>|:=|=|:)\s{0,3}[\\\"'`]{0,3}(?P<value>[^\s\"'`\\,;&<>(){}\[\]]{8,})"
        ),
        triggers=(r"(?i)(?:key|token|secret|credentials?|_auth)[\\\"'`\]]{0,3}\s{0,3}[=:]",),
        validate=secret_checks.assigned,
        valid_score=0.85,
        keys=words(
            "api key, apikey, api token, api secret, api secret key, app key, app secret, application key",
            "access key, access key secret, access token, auth token, auth key, authentication token",
            "authorization token, bearer token, refresh token, id token, session token, user token, bot token",
            "service token, deploy token, personal access token, secret, secret key, secret token",
            "shared secret",
            "client secret, consumer secret, consumer key, webhook secret, signing key, signing secret",
            "private token, private key id secret, encryption key, master key, license key, licence key",
            "product key, storage key, account key",
            "shared access key, sas token, hmac key, hmac secret, jwt secret, jwt, csrf secret, cookie secret",
            "session secret, secret key base, root token, admin token, registration token, runner token",
            "access secret, token secret",
            "credential, credentials, auth secret, oauth token, oauth secret, oauth token secret, x api key",
            "x auth token, api access token, publishable key, service key, service account key",
            "ssh private key, push token, fcm token, device token",
            "webhook token, verification token, verify token, upload token, write key, read key",
            "integration key, routing key secret, ingest key, instrumentation key, subscription key",
            "primary access key, secondary access key",
            "cle api, cle d api, jeton, jeton d acces, clave api, clave secreta, chiave api, chave api",
            "chave secreta, api schlussel, schlussel geheim, zugangstoken, sleutel geheim, klucz api",
            "api nyckel",
        ),
        key_decides=True,
        key_pattern=_VALUE,
        key_score=0.9,
        matches=(
            "api_key: ⟦{an32}⟧",
            "clientSecret: ⟦{u40}⟧",
            "export SERVICE_TOKEN=⟦{an32}⟧",
            "config.secretKey: ⟦{b43}=⟧",
            "?access_token=⟦{an40}⟧&x=1",
        ),
        ignores=(
            "token: string",
            "secret: prod/db/main",
            "api_key: required",
            "token = request.headers",
            "token_type: Bearer",
            "api_key: ${API_KEY}",
            "max_tokens: 4096",
            "secret_name: my-secret-1",
        ),
    )


@detector
def named_token() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="token-field",
        entity=SECRET,
        label="Long random value in a field called token, key or signature",
        pattern=r"(?i)\btoken (?:is |was )?(?P<value>[A-Za-z0-9_-]{24,200})\b",
        triggers=(r"(?i)token (?:is |was )?[A-Za-z0-9_-]{24}",),
        validate=secret_checks.has_mixed_case,
        valid_score=0.75,
        keys=words(
            "token, auth, authorization, proxy authorization, x authorization, auth header",
            "authorization header, sas, passkey, pass key",
        ),
        key_decides=True,
        key_pattern=r"(?:(?i:bearer|basic|token|digest|apikey|negotiate|ssws) )[!-~ ]{8,}|" + _TOKEN_LIKE,
        key_score=0.85,
        matches=("token: ⟦{an32}⟧", "Authorization: ⟦Bearer {an32}⟧", "the token is ⟦{an30}⟧ now"),
        ignores=("token: EUR", "next_token: {an32}", "auth: none", "token bucket algorithm"),
    )


@detector
def private_key_field() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc7468"""
    return Rule(
        id="private-key-field",
        entity=SECRET,
        label="Private key, seed or mnemonic, by its key",
        pattern=(
            r"(?i)(?:mnemonic|seed phrase|recovery phrase|secret phrase)(?: is|:|=)? "
            r"?[\"']?(?P<value>[a-z]{3,8}(?: [a-z]{3,8}){11,23})(?:$|[^a-z])"
        ),
        triggers=(r"(?i)(?:mnemonic|phrase)(?: is|:|=)? ?[\"']?[a-z]{3,8} [a-z]{3,8} [a-z]{3,8} ",),
        score=0.8,
        keys=words(
            "private key, privatekey, ssh key, ssh private key, rsa private key, tls key, ssl key, pem",
            "private pem, key pem, mnemonic, seed phrase, recovery phrase, recovery codes, backup codes",
            "wallet seed, keystore, pgp private key, gpg private key",
        ),
        key_decides=True,
        key_pattern=(
            r"(?s)-----BEGIN .{20,}|[A-Za-z0-9+/=_\-]{16,}|[a-z]{3,8}(?: [a-z]{3,8}){11,23}|[0-9A-Za-z "
            r"-]{8,200}\d"
        ),
        key_score=0.95,
        matches=(
            "private_key: ⟦{b64}⟧",
            "mnemonic: ⟦{a5} {a5} {a4} {a6} {a5} {a4} {a6} {a5} {a5} {a4} {a6} {a5}⟧",
            "seed phrase: ⟦{a5} {a5} {a4} {a6} {a5} {a4} {a6} {a5} {a5} {a4} {a6} {a5}⟧.",
        ),
        ignores=("private_key: /etc/ssl/key.pem", "private_key_path: x", "mnemonic device for students"),
    )
