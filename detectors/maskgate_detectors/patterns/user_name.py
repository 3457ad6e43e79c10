"""Account names and handles, by their key."""

from __future__ import annotations

from maskgate_detectors.rule import Rule, detector
from maskgate_detectors.words import words

_SERVICE_NAMES = frozenset(
    [
        "root",
        "admin",
        "administrator",
        "system",
        "guest",
        "nobody",
        "postgres",
        "mysql",
        "ubuntu",
        "service",
        "daemon",
        "anonymous",
        "default",
        "test",
        "user",
        "bot",
        "deploy",
        "jenkins",
        "www",
    ]
)


def _personal(text: str) -> bool:
    """Whether the name is none of the usual service accounts."""
    return text.casefold() not in _SERVICE_NAMES


@detector
def user_name() -> Rule:
    """https://schema.org/alternateName"""
    return Rule(
        id="user-name",
        entity="USERNAME",
        label="Account name or handle",
        pattern=r"(?i)\b(?:user ?name|login|screen ?name)(?:\s?[:=]\s?| is )(?P<value>[a-z][a-z0-9._-]{2,40})\b",
        triggers=(r"(?i)(?:username|user name|screen ?name)(?:\s?[:=]\s?| is )[a-z]",),
        score=0.6,
        validate=_personal,
        valid_score=0.7,
        keys=words(
            "nick, gamertag, gamer tag, slack handle, telegram, snapchat, psn id, steam id, xbox gamertag",
            "login id, user handle, insta, tiktok, discord tag, discord username",
            "username, user name, login, login name, loginname, screen name, screenname, handle",
            "twitter handle, telegram handle, github username, user login, account name user, skype, skype id",
            "instagram",
            "benutzername, benutzer name, nutzername, nom d utilisateur, nom utilisateur, identifiant",
            "nombre de usuario, nombre usuario, usuario, nome utente, utente, nome de usuario, gebruikersnaam",
            "nazwa uzytkownika, anvandarnamn, brukernavn, brugernavn, kayttajatunnus, kayttajanimi",
            "uzivatelske jmeno, felhasznalonev, nume utilizator, kullanici adi, имя пользователя, ユーザー名, 用户名",
        ),
        key_decides=True,
        key_pattern=r"@?[\p{L}\d][\p{L}\p{M}\d._+-]{1,63}",
        key_score=0.7,
        matches=("username: ⟦jsmith84⟧", "twitter_handle: ⟦@jane_doe⟧", "login: ⟦m.mustermann⟧"),
        ignores=("username_field: x", "login: https://sso.example.com/", "user: 12"),
    )


@detector
def user_in_log() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5424"""
    return Rule(
        id="user-in-log",
        entity="USERNAME",
        label="Account name with digits or a full stop behind «user=» in a log line",
        pattern=(
            r"(?i)\b(?:user|usr|uid|login|account|owner)(?:=|: ?)[\"']?(?P<value>[a-z]{1,30}(?:\.[a-z]{2,30}"
            r"|[._-]?\d{1,6}))(?:$|[^\w.-]|[.](?:$|\s))"
        ),
        triggers=(r"(?i)(?:user|usr|uid|login|account|owner)(?:=|: ?)[\\\"']{0,2}[a-z]",),
        score=0.6,
        matches=("login ok user=⟦jsmith84⟧ ip=x", "login ok user=⟦m.mustermann⟧ ip=x"),
        ignores=("user=root", "user: admin", "user=app.service.local", "user=deploy"),
    )
