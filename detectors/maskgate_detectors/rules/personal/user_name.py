"""Account names and handles, by their key."""

from __future__ import annotations

import re

from maskgate_detectors.freetext.listed import is_of_a_role
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

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
        "app",
        "svc",
        "nginx",
        "git",
        "operator",
        "runner",
        "cron",
        "disabled",
        "enabled",
        "required",
        "success",
        "failed",
        "message",
        "form",
        "page",
        "button",
        "unknown",
        "none",
        "null",
        "name",
        "password",
        "email",
        "regular",
        "ascending",
        "descending",
        *"web-flow github-actions actions-user ghost github gitlab bitbucket".split(),
        *"app api web svc db dba sa ci cd dev prod backup monitor monitoring replica readonly git cron worker client "
        "server owner me sys sysadmin operator support".split(),
    ]
)


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){2,}")


def _personal(text: str) -> bool:
    """Whether the name is none of the usual service accounts, no role, no state and no part of an address of a page."""
    if text.casefold() in _SERVICE_NAMES or _SLUG.fullmatch(text) is not None or text.isdigit():
        return False
    return not is_of_a_role(text)


_NO_ACCOUNTS = frozenset(
    "session sessions account accounts profile profiles data records record settings role roles group groups was "
    "is has "
    "not agent name names id ids input inputs event events request requests token tokens table story count list login "
    "page preferences activity who with has had have and or in on had can will service permissions password email "
    "directory database agreement experience interface object base access cache state info details manager store "
    "registration authentication creation deletion update status already successfully never just recently the a "
    "an this that your my our all any each every".split()
)


def _account_word(text: str) -> bool:
    """Whether it is an account and no word that follows «user» in a sentence."""
    return _personal(text) and text.casefold() not in _NO_ACCOUNTS


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
        key_check=_personal,
        key_score=0.7,
        matches=("username: ⟦jsmith84⟧", "twitter_handle: ⟦@jane_doe⟧", "login: ⟦m.mustermann⟧"),
        ignores=(
            "username_field: x",
            "login: https://sso.example.com/",
            "user: 12",
            "handle: charlotte-linen-dress",
            "login: disabled",
        ),
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


@detector
def user_in_sentence() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5424"""
    return Rule(
        id="user-in-log-sentence",
        entity="USERNAME",
        label="Account name in a sentence of a log: who logged in, for whom a login failed",
        pattern=(
            r"(?i)(?:(?:accepted|failed|postponed) [a-z]{4,12}(?:[-/][a-z]{1,15})? for (?:(?:invalid|illegal) user )?"
            r"|session (?:opened|closed) for user |\bsudo: {1,8}(?:pam[^ ]{1,40} )?|(?:invalid|illegal|unknown"
            r"|locked|disabled|authenticating) user "
            r"|authenticat(?:ed|ion failed) (?:for|as) (?:user )?|login (?:failed|succeeded|attempt) (?:for"
            r"|by) (?:user )?"
            r"|password (?:changed|reset|check failed|expired) for (?:user )?|logged in as (?:user )?"
            r"|\[[0-9a-fA-F.:]{7,39}\] user )[\"']?"
            r"(?P<value>[a-z][a-z0-9._-]{0,39}[a-z0-9])(?:$|[^\w@.-]|[.](?:$|\s))"
        ),
        triggers=(
            r"(?i)(?:accepted|failed|postponed) [a-z]{4,12}(?:[-/][a-z]{1,15})? for ",
            r"sudo: ",
            r"(?i)(?:opened|closed|invalid|illegal|unknown|locked|disabled|authenticating)(?: for)? user ",
            r"(?i)(?:authenticat|login |logged in as |password (?:changed|reset|check|expired))",
        ),
        validate=_account_word,
        valid_score=0.75,
        matches=(
            "Accepted publickey for ⟦jsmith⟧ from 10.0.0.4 port 22 ssh2",
            "Failed password for invalid user ⟦m.muster⟧ from 10.0.0.4",
            "session opened for user ⟦kgarcia⟧ by (uid=0)",
            "host7 sudo: ⟦pweber⟧ : TTY=pts/0 ; USER=root ; COMMAND=/bin/ls",
        ),
        ignores=(
            "Failed password for root from 10.0.0.4",
            "authenticated for the request",
            "login failed for user",
            "session opened for user deploy",
        ),
    )


@detector
def user_logged_in() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5424"""
    return Rule(
        id="user-logged-in",
        entity="USERNAME",
        label="Account name before what the account did",
        pattern=(
            r"(?i)\b(?:user|account|benutzer|utilisateur|usuario"
            r"|utente) [\"']?(?P<value>[a-z][a-z0-9._-]{1,39}[a-z0-9])[\"']? "
            r"(?:(?:has |was |is )?(?:logged|signed|authenticated|authorized|locked|unlocked|registered|deleted"
            r"|disabled"
            r"|created|updated|blocked|banned|suspended|changed|requested|uploaded|downloaded|failed|connected"
            r"|disconnected)"
            r"|from (?:ip )?\d)"
        ),
        triggers=(
            r"(?i)(?:user|account|benutzer|utilisateur|usuario|utente) [\\\"']{0,2}[a-z][a-z0-9._-]{1,39}[\\\"']{0,2} "
            r"(?:has |was |is )?(?:log|sign|auth|lock|unlock|regis|delet|disab|creat|updat|block|ban|susp|chang"
            r"|reque|up"
            r"|down|fail|conn|disc|from (?:ip )?\d)",
        ),
        validate=_account_word,
        valid_score=0.7,
        matches=("user ⟦jsmith⟧ logged in from 10.0.0.4", "User '⟦m.muster⟧' was locked"),
        ignores=("user session created", "a new user was created", "user account is locked", "the user has logged in"),
    )


@detector
def user_in_access_log() -> Rule:
    """https://httpd.apache.org/docs/2.4/logs.html#common"""
    return Rule(
        id="user-in-access-log",
        entity="USERNAME",
        label="Account name in a line of a web server's log",
        pattern=r"(?:[\d.]{7,15}|[0-9a-fA-F:]{3,39}) \S{1,40} (?P<value>[A-Za-z][\w.@-]{1,60}) \[\d{1,2}/[A-Z][a-"
        r"z]{2}/\d{4}:",
        triggers=(r"[A-Za-z0-9_.@-] \[\d{1,2}/[A-Z][a-z]{2}/\d{4}:",),
        validate=_personal,
        valid_score=0.75,
        matches=('203.0.113.9 - ⟦jsmith⟧ [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 12',),
        ignores=('203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 12',),
    )


@detector
def user_before_password() -> Rule:
    """https://www.connectionstrings.com/"""
    return Rule(
        id="user-before-password",
        entity="USERNAME",
        label="Account name before its password: in a connection string, an environment, a command line",
        pattern=(
            r"(?i)(?:user ?(?:id|name)?|uid|usr|login)[\"']?(?:="
            r"|: ?)[\"']?(?P<value>[a-z][\w.@+-]{1,60})[\"']?[;&, ]{1,2}"
            r"[\"']?[a-z_]{0,20}(?:password|passwd|pwd|pass)[\"']?[:=]"
        ),
        triggers=(
            r"(?i)(?:user ?(?:id|name)?|uid|usr|login)[\\\"']{0,2}(?:="
            r"|: ?)[\\\"']{0,2}[a-z][\w.@+-]{1,60}[\\\"']{0,2}[;&, ]{1,2}"
            r"[\\\"']{0,2}[a-z_]{0,20}(?:pass|pwd)",
        ),
        validate=_personal,
        valid_score=0.7,
        matches=("Server=db;User Id=⟦mmuster⟧;Password={an12};", "DB_USER=⟦j.smith⟧ DB_PASSWORD={an12}"),
        ignores=("user=postgres password={an12}", "user=app"),
    )


@detector
def social_account() -> Rule:
    """https://schema.org/sameAs"""
    return Rule(
        id="social-account",
        entity="USERNAME",
        label="Account of a person: a handle, or a login where a name is asked for",
        pattern=(
            r"(?i)\b(?:follow|dm|insta(?:gram)?|ig|twitter|tiktok|snap(?:chat)?|telegram|find me)(?: me)?(?: at"
            r"| on| is|:)? ?"
            r"(?P<value>@[a-z0-9_][a-z0-9_.]{2,28}[a-z0-9_])"
        ),
        triggers=(
            r"(?i)(?:follow|dm|insta|instagram|ig|twitter|tiktok|snap|snapchat|telegram|me)(?: at| on| is"
            r"|:)? ?@[a-z0-9_]",
        ),
        score=0.7,
        keys=(
            *words(
                "handle, twitter, discord, steam, steam name, xbox, psn, reddit, youtube, mastodon",
                "bluesky, tumblr, twitch",
            ),
            *words("line id, qq, wechat, instagram handle, full name, user, created by, modified by", "updated by"),
            *words(
                "reporter, assignee, requester, opened by, closed by, submitted by, approved by, uploaded by",
                "last modified by",
            ),
        ),
        key_decides=True,
        key_check=_personal,
        key_pattern=r"@[\p{L}\d_][\p{L}\d._-]{1,40}|\p{L}{2,30}\d{1,6}|\p{L}[\p{L}\d]{0,30}[._]\p{L}[\p{L}\d._]{1,30}",
        key_score=0.6,
        matches=("follow ⟦@jane_doe84⟧", "discord: ⟦jane.doe⟧", "twitter: ⟦@janedoe⟧", "createdBy: ⟦jsmith84⟧"),
        ignores=(
            "twitter: connected",
            "youtube: https://youtube.com/c/x",
            "steam: enabled",
            "import @types_node",
            "full_name: user_name",
            "user: admin",
        ),
    )


_MACHINES = frozenset(
    "nginx apache httpd tomcat jetty airflow scheduler celery rabbitmq redis kafka zookeeper elastic "
    "elasticsearch kibana logstash grafana prometheus influxdb mongo mongodb oracle sybase mssql mariadb "
    "cassandra hive hdfs spark yarn hadoop vagrant docker podman kubernetes kube kubelet istio envoy consul "
    "vault nomad terraform ansible puppet chef salt gitlab github bitbucket bamboo runner build builder "
    "release publisher renovate dependabot cronjob batch job jobs email mailer mail postfix exim dovecot "
    "sendmail smtp ftp sftp sshd ssh rsync backupuser syslog rsyslog messagebus dbus avahi polkitd colord "
    "gdm lightdm pulse rtkit ntp chrony named bind unbound squid haproxy varnish memcache healthcheck probe "
    "crawler spider scraper agent collector exporter ingest pipeline etl loader reader writer reporting "
    "analytics metrics alerts guestuser demo sample example none null unknown na employee customer member "
    "person student teacher moderator editor author viewer staff buyer seller vendor partner manager "
    "subscriber visitor human assistant model internal external everyone nobody self active inactive enabled "
    "disabled true false yes no new old free basic premium trial internaluser publicuser localuser domain "
    "computer machine device desktop laptop mobile browser chrome android windows linux macos ios bob-test "
    "testuser dummy kiosk pos terminal print printer scanner".split()
)


def _bare_account(text: str) -> bool:
    """Whether a bare word under ``user`` is an account of a person, as far as a list of machines' accounts tells."""
    return _personal(text) and text.casefold() not in _MACHINES and not text.casefold().endswith(("bot", "svc", "user"))


@detector
def bare_user() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5424"""
    return Rule(
        id="user-field",
        entity="USERNAME",
        label="Account of a person under a field called user",
        pattern=r"(?i)\b(?:suser|duser|remote_user|auth_user"
        r"|logonuser)=(?P<value>[a-z][a-z0-9._-]{2,40}[a-z0-9])(?:$|[^\w@.-]|[.](?:$|\s))",
        triggers=(r"(?i)(?:suser|duser|remote_user|auth_user|logonuser)=[a-z]",),
        validate=_personal,
        valid_score=0.7,
        keys=words(
            "user, usr, xauthuser, suser, duser, remote user, target user, logon user, auth user, source user, src user"
        ),
        key_decides=True,
        key_pattern=r"[a-z]{4,16}[0-9]{0,4}",
        key_check=_bare_account,
        key_score=0.6,
        matches=("user: ⟦jgolden⟧", "CEF:0|A|B|1|1|x|5|suser=⟦kmeza54⟧ dpt=443"),
        ignores=("user: postgres", "user: airflow", "user: deploybot", "user: 42", "user: The Quick", "suser=root"),
    )
