"""Credentials named by the field they stand in."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model import negative_patterns as unlike
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words

_VALUE = r"[!-~]{8,}"  # the check says the rest


@detector
def named_secret() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="secret-field",
        entity=SECRET,
        label="Credential in a field that names one",
        pattern=(
            r"(?i)(?:^|[^:])(?:api[_ -]?key|api[_ -]?token|app[_ -]?key|access[_ -]?key|access[_ -]?token|auth[_ "
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
            "x auth token, api access token, service key, service account key",
            "ssh private key, push token, fcm token, device token",
            "webhook token, verification token, verify token, upload token, write key, read key",
            "integration key, routing key secret, ingest key, instrumentation key, subscription key",
            "primary access key, secondary access key",
            "cle api, cle d api, jeton, jeton d acces, clave api, clave secreta, chiave api, chave api",
            "chave secreta, api schlussel, schlussel geheim, zugangstoken, sleutel geheim, klucz api",
            "api nyckel, token acceso, token de acceso, token d acces, zugriffstoken, geheimnis, geheimer schluessel",
            "geheimer schlussel",
            "ключ api, api ключ, секрет, токен, トークン, 秘密鍵, 密钥, 令牌, csrf token, xsrf token",
            "session key, recovery code, recovery key, backup code, function key, functions key, host key secret",
            "cookie encryption key, password salt, salt secret, pepper, hmac, preshared key, pre shared key, psk",
            "smtp key, org token, personal token, pat, device secret, agent token, cluster token, join token",
            "enrollment token, bootstrap token, reset token, magic link token, otp secret, totp secret, mfa secret",
            "aes key, cipher key, fernet key, signature key, sign key, crypto key, decryption key",
            "decrypt key, encrypt key",
            "device key, iot key, sas key, deploy key, kek, dek, data key, wrapping key, unseal key, root key",
            "admin key",
            "server key, client key secret, app api key, partner key, merchant key, sandbox key, live key, prod key",
            "production key, staging key, test key, backup key, aes secret, otp seed, totp seed, hotp secret",
            "sso token",
            "login token, magic token, invite token, bearer, shared access signature, appsecret proof",
            "app secret proof",
            "vapid private key, hash key secret, request signing key, erlang cookie, private key data, wsse password",
            "mfa seed, tfa seed, two factor seed, authenticator seed, authenticator secret, tfa secret,",
            "seed secret, storage access key, cosmos key, search admin key, webhook signing secret, webhook key",
        ),
        key_decides=True,
        key_pattern=_VALUE,
        key_check=secret_checks.field_secret,
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


def _authorization(text: str) -> bool:
    """Whether the value of a header or of a field called token is one."""
    if " " in text:
        return unlike.own_value(text)
    if secret_checks.random_letters(text):
        return True
    return secret_checks.field_secret(text) and any(not c.isalpha() and c not in "-_.:/" for c in text)


@detector
def session_field() -> Rule:
    """https://owasp.org/www-community/attacks/Session_hijacking_attack"""
    return Rule(
        id="session-field",
        entity=SECRET,
        label="Random session identifier by its field",
        pattern=(
            r"(?i)(?:session[_-]?id|PHPSESSID|JSESSIONID|connect\.sid)[\"']{0,2}\s{0,2}[:=]\s{0,2}"
            r"[\"']{0,2}(?P<value>[A-Za-z0-9+/%._-]{16,300})"
        ),
        triggers=(r"(?i)(?:session[_-]?id|PHPSESSID|JSESSIONID|connect\.sid)[\\\"']{0,2}\s{0,2}[:=]",),
        validate=secret_checks.random_token,
        valid_score=0.85,
        keys=words("session id, sessionid, phpsessid, jsessionid, connect sid, asp net session id, session cookie id"),
        key_decides=True,
        key_pattern=r"[!-~]{16,}",
        key_check=secret_checks.random_token,
        key_score=0.85,
        matches=("session_id: ⟦{an32}⟧", "resumed JSESSIONID=⟦{an32}⟧"),
        ignores=("session_id: {x32}", "session_id: sess-2024-10-01-morning", "session_id: null"),
    )


@detector
def jwk_private() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc7517"""
    return Rule(
        id="jwk-private",
        entity=SECRET,
        label="Private member of a JSON Web Key",
        pattern=r"[\"'](?:d|k|p|q|dp|dq|qi)[\"']\s{0,2}:\s{0,2}[\"'](?P<value>[A-Za-z0-9_-]{43,})[\"']",
        triggers=(r"[\"'](?:d|k|p|q|dp|dq|qi)[\\\"']{1,2}\s{0,2}:\s{0,2}[\\\"']{1,2}[A-Za-z0-9_-]{43}",),
        near=("kty",),
        validate=secret_checks.random_token,
        valid_score=0.97,
        keys=words("d, k, dp, dq, qi"),
        key_decides=True,
        key_pattern=r"[A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{86}|[A-Za-z0-9_-]{171}|[A-Za-z0-9_-]{342}",
        key_check=secret_checks.random_token,
        matches=("key {'kty': 'oct', 'k': '⟦{u43}⟧'}", "d: ⟦{u43}⟧"),
        ignores=("key {'kty': 'EC', 'x': '{u43}'}", "d: 12", "x: {u43}", "k: {x64}"),
    )


@detector
def named_token() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="token-field",
        entity=SECRET,
        label="Long random value in a field called token, key or signature",
        pattern=r"(?i)\btoken (?:is |was )?(?P<value>[A-Za-z0-9_=+/.~-]{24,200})(?:$|[^A-Za-z0-9_=+/.~-])",
        triggers=(r"(?i)token (?:is |was )?[A-Za-z0-9_=+/.~-]{24}",),
        validate=secret_checks.loose_token,
        valid_score=0.75,
        keys=words(
            "token, auth, authorization, proxy authorization, x authorization, auth header",
            "authorization header, sas, passkey, pass key, !auth client",
        ),
        key_decides=True,
        key_pattern=r"(?:(?i:bearer|basic|token|digest|apikey|negotiate|ssws) )[!-~ ]{8,}|[!-~]{12,}",
        key_check=_authorization,
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
        key_pattern=r"(?s)-----BEGIN .{20,}|[!-~]{12,}|[a-z]{3,8}(?: [a-z]{3,8}){11,23}|[0-9A-Za-z -]{8,200}\d",
        key_check=secret_checks.private_key,
        key_score=0.95,
        matches=(
            "private_key: ⟦{b64}⟧",
            "mnemonic: ⟦{a5} {a5} {a4} {a6} {a5} {a4} {a6} {a5} {a5} {a4} {a6} {a5}⟧",
            "seed phrase: ⟦{a5} {a5} {a4} {a6} {a5} {a4} {a6} {a5} {a5} {a4} {a6} {a5}⟧.",
        ),
        ignores=("private_key: /etc/ssl/key.pem", "private_key_path: x", "mnemonic device for students"),
    )
