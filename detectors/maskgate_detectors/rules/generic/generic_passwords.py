"""Passwords: by key, in assignments, command lines, connection strings and prose."""

# ruff: noqa: E501  (a pattern reads best whole)

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words

_WHOSE = "root admin user usr db ftp sudo web app svc my smtp mail login guest master vault host ssh".split()


@detector
def password_field() -> Rule:
    """https://cwe.mitre.org/data/definitions/256.html"""
    return Rule(
        id="password",
        entity=SECRET,
        label="Password",
        pattern=(
            r"(?i)(?:password|passwd|passwort|passphrase|kennwort|pwd|db_pass|_pass|contraseña|wachtwoord"
            r"|hasło|senha|lösenord|passcode)[\\\"'`\]]{0,3}"
            r"(?:\s{0,3}(?:=>|:=|==?|:)\s{0,3}|\s(?:is|ist|lautet|est|es"
            r"|=)\s{1,2})[\\\"'`]{0,3}(?P<value>[^\s\"'`\\,;&<>]{5,200})"
        ),
        triggers=(
            r"(?i)(?:password|passwd|passwort|passphrase|kennwort|pwd|_pass|contraseña|wachtwoord"
            r"|hasło|senha|lösenord|passcode)[\\\"'`\]]{0,3}(?:\s{0,3}[=:]|\s(?:is|ist|lautet"
            r"|est|es)\s)",
        ),
        validate=secret_checks.password,
        valid_score=0.85,
        keys=words(
            "password, passwd, pwd, pw, passphrase, pass phrase, pass, user password, old password, new password",
            "current password, confirm password, password confirmation, login password, db password",
            "database password, db pass",
            "admin password, root password, smtp password, mail password, ftp password, ldap password",
            "bind password, keystore password, truststore password, wifi password, wpa passphrase",
            "temporary password, temp password, default password",
            "redis password, postgres password, mysql password, sasl password, proxy password",
            "initial password, plain password, secret password, account password, basic auth password",
            "unlock code",
            "passwort, kennwort, mot de passe, motdepasse, mdp, contrasena, clave, clave de acceso, parola",
            "parola d ordine, senha, palavra passe, wachtwoord, haslo, losenord, adgangskode, passord",
            "salasana, heslo, jelszo, sifre, пароль, パスワード, 密码, 비밀번호",
            "zugangscode, geheimcode, zugangspasswort, kennwort neu, passcode, pass code, store pass",
            "storepass, key pass",
            "become pass, become password, requirepass, auth pass, app specific password, parole, mot de passe admin",
            *(f"{whose}{what}" for whose in _WHOSE for what in ("pass", "pw", "pwd", "passwd")),
            "pgpassword, mysqlpwd, sshpass, redispassword, userpw, rootpw, wpa psk, psk, wlan passwort, wifi psk",
        ),
        key_decides=True,
        key_pattern=r"[^\n]{3,}",
        key_score=0.95,
        numbers=True,
        matches=(
            "password: ⟦hunter2 rocks⟧",
            "dbPassword: ⟦{an12}⟧",
            "login with password=⟦Tr0ub4dor.3⟧;",
            "mot_de_passe: ⟦{an10}⟧",
            "his password is ⟦Sommer2024!⟧",
            "set PGPASSWORD=⟦{an14}⟧",
            "login with password=⟦P@$$w0rd.9⟧;",
            "pw: ⟦{an12}⟧",
        ),
        ignores=(
            "password_reset: true",
            "password: ********",
            "password is required",
            "the password: string,",
            "passwordless login",
        ),
    )


@detector
def command_line_password() -> Rule:
    """https://cwe.mitre.org/data/definitions/214.html"""
    return Rule(
        id="command-line-password",
        entity=SECRET,
        label="Password or token in a command line",
        pattern=(
            r"(?i)(?:--?(?:[a-z][\w-]{0,30}[-_])?(?:password|passwd|pass|pwd|token|api[-_]?key|secret|access[-_]key|auth[-_]token"
            r"|client[-_]secret)(?:=|\s{1,2})[\\\"']{0,2}(?P<value>[^\s\"'\\-][^\s\"'\\]{4,}))"
        ),
        triggers=(
            r"(?i)-(?:[a-z][\w-]{0,30}[-_])?(?:password|passwd|pass|pwd|token|api[-_]?key|secret|access[-_]key|auth[-_]token"
            r"|client[-_]secret)(?:=|\s)",
        ),
        validate=secret_checks.password,
        valid_score=0.85,
        matches=("mysql --password=⟦{an10}⟧ -h db", "deploy --token ⟦{an24}⟧ now", "x --api-key ⟦{x20}⟧"),
        ignores=("--password prompt", "--token-file /run/x", "--secret my-secret", "--password $PASS"),
    )


@detector
def client_password() -> Rule:
    """https://dev.mysql.com/doc/refman/8.4/en/command-line-options.html"""
    return Rule(
        id="client-password",
        entity=SECRET,
        label="Password behind the short option of a database client, docker login or sshpass",
        pattern=(
            r"\b(?:(?:mysql|mysqldump|mysqladmin|mariadb|mongosh?|mongodump)\b[^\n|;&]{0,100}?(?: |[\"'],? ?[\"'])-p ?"
            r"|sshpass(?: |[\"'],? ?[\"'])-p(?: ?|[\"'],? ?)|(?:docker|podman|helm registry|oras|skopeo|az acr) login\b[^\n|;&]{0,100}? -p[ =]?"
            r"|redis-cli\b[^\n|;&]{0,100}? -a )[\\\"']{0,2}(?P<value>[^\s\"'\\-][^\s\"'\\]{4,200})"
        ),
        triggers=(r"(?:mysql|mariadb|mongo|sshpass|redis-cli)", r" login "),
        near=(" -p", " -a ", '"-p', "'-p"),
        validate=secret_checks.password_there,
        valid_score=0.85,
        matches=(
            "mysql -h db1 -u root -p⟦{an10}⟧ app",
            "sshpass -p '⟦{an12}⟧' ssh root@db1",
            "docker login -u ci -p ⟦{an20}⟧ registry.example.com",
            "redis-cli -h cache -a ⟦{an16}⟧ ping",
            "exec ['mysql', '-uroot', '-p⟦{an12}⟧']",
        ),
        ignores=("mysql -u root -p app", "docker run -p 8080:80 nginx", "mysql -u root -p$PASS", "mkdir -p build/x1"),
    )


@detector
def password_told() -> Rule:
    """https://cwe.mitre.org/data/definitions/256.html"""
    return Rule(
        id="password-told",
        entity=SECRET,
        label="Password that somebody tells in a chat",
        pattern=r"(?i)\b(?:pw|pword)(?: is| ist|:| =|=) ?[\\\"'`]{0,2}(?P<value>[^\s\"'`\\,;&<>]{5,100})",
        triggers=(r"(?i)(?:pw|pword)(?: is| ist|:| =|=)",),
        validate=secret_checks.assigned,
        valid_score=0.8,
        matches=("the staging pw is ⟦Ab3!{an8}⟧ dont tell", "his pw = ⟦Xy7{an9}⟧"),
        ignores=("pw is wrong", "the pw: string", "pw = os.environ.get()"),
    )


@detector
def curl_user() -> Rule:
    """https://curl.se/docs/manpage.html#-u"""
    return Rule(
        id="curl-user-password",
        entity=SECRET,
        label="User and password for curl",
        pattern=r"(?i)curl[ \"',][^\n]{0,}?(?:-u|--user)(?:[ =]?[\"']?|[\"'],? ?[\"'])(?P<value>[^\s\"':]{1,64}:[^\s\"']{3,128})",
        triggers=(r"(?:-u|--user)[ =]?[\\\"', ]{0,6}[^\s\"':\\]{1,64}:[^\s\"'\\]{3}",),
        validate=secret_checks.password_there,
        valid_score=0.9,
        matches=(
            "curl -u ⟦admin:{an10}⟧ https://example.com",
            "curl -s --user ⟦bob:{an12}⟧ x",
            "run ['curl', '-u', '⟦bob:{an12}⟧']",
        ),
        ignores=("docker run -u 1000:1000 x", "curl -u $USER:$PASS https://x"),
    )


@detector
def connection_string() -> Rule:
    """https://www.connectionstrings.com/"""
    return Rule(
        id="connection-string-password",
        entity=SECRET,
        label="Password in a connection string",
        pattern=(
            r"(?i)(?:;|^|[\"' ?&])(?:password|pwd|user password|accesskey"
            r"|sharedaccesskey)\s{0,2}=\s{0,2}(?P<value>[^;\"'\s&]{3,200})"
        ),
        triggers=(r"(?i)(?:password|pwd|accesskey)\s{0,2}=\s{0,2}[^;\"'\s&]{3}",),
        near=(
            "server=",
            "data source=",
            "host=",
            "uid=",
            "user id=",
            "user=",
            "database=",
            "endpoint=",
            "account=",
            "initial catalog=",
        ),
        validate=secret_checks.password_there,
        valid_score=0.95,
        matches=("Server=db;Database=x;User Id=app;Password=⟦{an12}⟧;", "host=db user=app password=⟦{an9}⟧ dbname=x"),
        ignores=("Server=db;Trusted_Connection=True;", "host=db password=${PW}"),
    )


@detector
def password_hash() -> Rule:
    """https://passlib.readthedocs.io/en/stable/modular_crypt_format.html"""
    return Rule(
        id="password-hash",
        entity=SECRET,
        label="Hash of a password",
        pattern=(
            r"(?P<value>\$2[abxy]\$\d{2}\$[./A-Za-z0-9]{53}|\$(?:1|5|6|y"
            r"|apr1)\$(?:rounds=\d{1,9}\$)?[./A-Za-z0-9]{1,22}\$[./A-Za-z0-9]{22,86}|\$argon2(?:id|i"
            r"|d)\$v=\d{1,3}\$[a-z0-9=,]{5,40}\$[A-Za-z0-9+/]{8,64}\$[A-Za-z0-9+/]{16,128}"
            r"|\$scrypt\$[a-z0-9=,]{5,40}\$[A-Za-z0-9+/]{8,64}\$[A-Za-z0-9+/]{16,128}|pbkdf2_sha(?:256"
            r"|512)\$\d{1,8}\$[A-Za-z0-9]{4,40}\$[A-Za-z0-9+/=]{20,100}|"
            r"\{S?SHA(?:256|512)?\}[A-Za-z0-9+/=]{20,120})"
        ),
        triggers=(
            r"\$(?:2[abxy]\$\d{2}|[156y]\$|apr1\$|argon2i?d?\$v|scrypt\$)",
            r"pbkdf2_sha(?:256|512)\$\d",
            r"\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{20}",
        ),
        score=0.95,
        keys=words(
            "password hash, passwd hash, hashed password, password digest, pwd hash, pass hash",
            "encrypted password, crypted password",
        ),
        key_decides=True,
        key_pattern=r"[!-~]{16,}",
        matches=(
            "⟦$2b$12${an53}⟧",
            "root:⟦$6${an8}${an86}⟧:19000",
            "⟦$argon2id$v=19$m=65536,t=3,p=4${an22}${an43}⟧",
            "password_hash: ⟦{x40}⟧",
        ),
        ignores=("$2b$ is the prefix", "cost $1$ each", "{x40}"),
    )


@detector
def netrc() -> Rule:
    """https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html"""
    return Rule(
        id="netrc-password",
        entity=SECRET,
        label="Password in a netrc line",
        pattern=r"machine\s{1,4}\S{1,100}\s{1,4}login\s{1,4}\S{1,100}\s{1,4}password\s{1,4}(?P<value>\S{3,200})",
        triggers=(r"login\s{1,4}\S{1,60}(?:\s|\\n){1,4}password(?:\s|\\n|\\t){1,4}\S",),
        score=0.95,
        matches=("machine api.example.com login bob password ⟦{an12}⟧",),
        ignores=("machine learning password form",),
    )


@detector
def oracle_login() -> Rule:
    """https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html"""
    return Rule(
        id="oracle-login",
        entity=SECRET,
        label="Password in an Oracle URL or sqlplus login",
        pattern=(r"(?:jdbc:oracle:(?:thin|oci8?):|sqlplus (?:-[sSlL] )?)[\w.$#-]{1,60}/(?P<value>[^\s@/\"']{2,100})@"),
        triggers=(r"(?:jdbc:oracle:(?:thin|oci8?):|sqlplus (?:-[sSlL] )?)[\w.$#-]{1,60}/",),
        score=0.95,
        matches=(
            "jdbc:oracle:thin:scott/⟦{an12}⟧@//ora.internal:1521/XE",
            "sqlplus system/⟦{an10}⟧@orcl",
        ),
        ignores=("jdbc:oracle:thin:@//ora.internal:1521/XE", "sqlplus / as sysdba"),
    )


@detector
def pgpass_line() -> Rule:
    """https://www.postgresql.org/docs/current/libpq-pgpass.html"""
    return Rule(
        id="pgpass-line",
        entity=SECRET,
        label="Password in a line of a pgpass file",
        pattern=(
            r"(?:^|[\s\"'=])(?:[A-Za-z][\w.-]{1,100}|\*|\d{1,3}(?:\.\d{1,3}){3}):(?:5432|5433|6432"
            r"|\*):[\w*-]{1,60}:[\w*-]{1,60}"
            r":(?P<value>[^\s:\"']{4,200})(?:$|[\s\"'])"
        ),
        triggers=(r":(?:5432|5433|6432|\*):[\w*-]{1,60}:[\w*-]{1,60}:[^\s:]{4}",),
        score=0.9,
        matches=("db.internal:5432:app:appuser:⟦{an13}⟧", "*:*:*:postgres:⟦{an9}⟧"),
        ignores=("db.internal:5432:app", "tcp:5432:a:b", "10:5432:30:15:45:12"),
    )
