"""Credentials in HTTP headers, cookies and signed URLs."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


def _credential(text: str) -> bool:
    """Whether a query value is random: sixteen characters with letters and digits."""
    return len(text) >= 16 and secret_checks.assigned(text)


@detector
def basic_auth() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc7617"""
    return Rule(
        id="http-basic-auth",
        entity=SECRET,
        label="HTTP basic credentials",
        pattern=r"(?i)\bbasic\s{1,2}(?P<value>[A-Za-z0-9+/]{8,}={0,2})",
        triggers=(r"(?i)basic\s{1,2}[A-Za-z0-9+/]{8}",),
        validate=secret_checks.basic_credentials,
        valid_score=0.97,
        matches=("Authorization=Basic ⟦dXNlcjpwYXNzd29yZDE=⟧", "header 'Basic ⟦YWRtaW46czNjcjN0⟧'"),
        ignores=("basic knowledge is enough", "Visual Basic programming", "Basic {an30}"),
    )


@detector
def bearer_token() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc6750"""
    return Rule(
        id="http-bearer-token",
        entity=SECRET,
        label="HTTP bearer token",
        pattern=r"(?i)\b(?:bearer|token|apikey)\s{1,2}(?P<value>[A-Za-z0-9._~+/-]{20,}={0,2})",
        triggers=(r"(?i)(?:bearer|token|apikey)\s{1,2}[A-Za-z0-9._~+/-]{20}",),
        validate=secret_checks.assigned,
        valid_score=0.95,
        matches=("Authorization=Bearer ⟦{an40}⟧", "-H 'Authorization: Token ⟦{x40}⟧'"),
        ignores=("bearer of good news", "Bearer authentication-required-here", "token expired-for-user-session"),
    )


def _session(text: str) -> bool:
    """Whether a cookie, or one of several, is random enough to stand for a person."""
    values = [part.partition("=")[2].strip() for part in text.split(";")] if "=" in text[:80] else [text]
    return any(
        len(value) >= 12 and (secret_checks.assigned(value) or secret_checks.random_token(value)) for value in values
    )


@detector
def cookie() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc6265"""
    return Rule(
        id="cookie",
        entity=SECRET,
        label="Session cookie",
        pattern=(
            r"(?i)(?:^|[;\s\"',&?])(?:PHPSESSID|JSESSIONID|ASP\.NET_SessionId|ASPXAUTH"
            r"|\.AspNetCore\.[A-Za-z.]{1,30}|connect\.sid|sessionid|session_id|session|sid|sess"
            r"|_[a-z]{1,20}_session|csrftoken|xsrf-token|remember_token|auth_token|user_token|laravel_session"
            r"|wordpress_logged_in_[0-9a-f]{8,40}|__Secure-[\w-]{1,40}|__Host-[\w-]{1,40})"
            r"=(?P<value>[^;\s\"',&]{12,})"
        ),
        triggers=(
            r"(?i)(?:sessid|sessionid|session_id|aspxauth|aspnetcore\.[a-z.]{1,30}|connect\.sid|session"
            r"|[^a-z]sid|[^a-z]sess|csrftoken|xsrf-token|_token|wordpress_logged_in_[0-9a-f]{8,40}"
            r"|__Secure-[\w-]{1,40}|__Host-[\w-]{1,40})=[^;\s\"',&]{12}",
        ),
        validate=secret_checks.assigned,
        valid_score=0.9,
        keys=words("cookie, set cookie, cookies, session cookie, cookie header, auth cookie"),
        key_decides=True,
        key_pattern=r"[^\s=;]{1,80}=[^\n]{4,}|[!-~]{16,}",
        key_check=_session,
        key_score=0.9,
        matches=("Cookie: ⟦sessionid={an32}; theme=dark⟧", "got PHPSESSID=⟦{ln26}⟧; path=/"),
        ignores=("cookie: accepted", "session=default", "cookie consent banner", "cookie: lang=de; theme=dark"),
    )


@detector
def signed_url() -> Rule:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html"""
    return Rule(
        id="signed-url",
        entity=SECRET,
        label="Signature of a signed URL",
        pattern=(
            r"(?i)[?&;](?:X-Amz-Signature|X-Goog-Signature|Signature|X-Amz-Security-Token|hdnea"
            r"|hdnts)=(?P<value>[A-Za-z0-9%+/=~*_-]{20,})"
        ),
        triggers=(r"(?i)(?:signature|security-token|hdnea|hdnts)=[A-Za-z0-9%+/=~*_-]{20}",),
        validate=secret_checks.real,
        valid_score=0.9,
        matches=("https://b.s3.amazonaws.com/k?X-Amz-Date=20240101T000000Z&X-Amz-Signature=⟦{x64}⟧",),
        ignores=("?signature=none", "&Signature=xxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    )


@detector
def url_token() -> Rule:
    """https://owasp.org/www-community/vulnerabilities/Information_exposure_through_query_strings_in_url"""
    return Rule(
        id="url-token",
        entity=SECRET,
        label="Token in the query of a URL",
        pattern=(
            r"(?i)[?&](?:[a-z_-]{0,20}(?:key|token|secret|auth|code|sig|password|pwd|pass"
            r"|apikey))=(?P<value>[^&#\s\"'<>]{6,})"
        ),
        triggers=(r"(?i)[?&6][a-z_-]{0,20}(?:key|token|secret|auth|code|sig|password|pwd|pass)=[^&#\s\"'<>]{6}",),
        validate=_credential,
        valid_score=0.85,
        matches=("https://x.example/cb?code=⟦{an40}⟧&state=1", "/v1/data?apikey=⟦{x32}⟧", "/reset?token=⟦{u22}⟧"),
        ignores=("/items?key=colour&sort=asc", "/list?page_token=abcdef", "/x?zip_code=902101"),
    )
