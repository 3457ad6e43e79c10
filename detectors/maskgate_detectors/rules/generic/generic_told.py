"""Credentials told in other ways than ``name = value``: in quotes, in lists of names and values, in sentences."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector


@detector
def quoted_secret() -> Rule:
    """https://cwe.mitre.org/data/definitions/532.html"""
    return Rule(
        id="secret-quoted",
        entity=SECRET,
        label="Credential in quotes behind the word for it",
        pattern=(
            r"(?i)(?:key|token|secret|password|passwd|passphrase|credentials?|_pat|cookie)(?:[\"'`])?[,( ]{1,2}"
            r"\\?[\"'`](?:\\[\"'])?(?P<value>[^\s\"'`<>{}\\]{8,400})\\?[\"'`]"
        ),
        triggers=(
            r"(?i)(?:key|token|secret|password|passwd|passphrase|credentials?|_pat|cookie)"
            r"[\\\"'`]{0,2}[,( ]{1,2}[\\\"'`]{1,4}[^\s\"'`<>{}\\]{8}",
        ),
        validate=secret_checks.loose_token,
        valid_score=0.85,
        matches=(
            "ERROR invalid acme_token '⟦{an32}⟧' (401)",
            'props.put("ssl.keystore.password", "⟦{an14}⟧");',
            "rotated the secret `⟦{u40}⟧` today",
        ),
        ignores=(
            "invalid token 'string'",
            'map.put("api.key", "config.api.key");',
            "the key 'orders-2024'",
            "unknown key 'user_id'",
            'get("token", "")',
        ),
    )


@detector
def listed_secret() -> Rule:
    """https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/"""
    return Rule(
        id="secret-listed",
        entity=SECRET,
        label="Credential in a list of names and values (environment of a container, XML settings)",
        pattern=(
            r"(?i)(?:name|key|id|variable)[\"']{0,2}\s{0,2}[:=]\s{0,2}[\"']?[\w.-]{0,80}"
            r"(?:key|token|secret|passw(?:or)?d|pass|passphrase|pwd|credentials?|_pat|_dsn|seed|cookie|proof)[\"']?"
            r"[,\s]{1,30}[\"']?value[\"']?\s{0,2}[:=]\s{0,2}[\"']?(?P<value>[^\s\"'<>{}]{6,})"
        ),
        triggers=(
            r"(?i)(?:key|token|secret|passw(?:or)?d|pass|passphrase|pwd|credentials?|_pat|_dsn|seed|cookie|proof)"
            r"[\\\"']{0,2}[,\s]{1,30}[\\\"']{0,2}value[\\\"']{0,2}\s{0,2}[:=]",
        ),
        validate=secret_checks.password_there,
        valid_score=0.88,
        matches=(
            "- name: ACME_API_KEY\n  value: ⟦{an32}⟧\n",
            '<add key="acme.token" value="⟦{an32}⟧"/>',
            '{"name": "DB_PASSWORD", "value": "⟦Winter{d4}⟧"}, x',
        ),
        ignores=(
            "- name: API_KEY\n  value: $(API_KEY)\n",
            "- name: API_KEY\n  valueFrom:\n    secretKeyRef: x\n",
            '<add key="primary_key" value="${id}"/>',
        ),
    )


@detector
def secret_of_word() -> Rule:
    """https://cwe.mitre.org/data/definitions/256.html"""
    return Rule(
        id="password-word",
        entity=SECRET,
        label="Password that is a plain word, in an assignment or in a file of settings",
        pattern=(
            r"(?i)(?:(?:^|[\s;&?\"',])[\w.-]{0,60}(?:password|passwd|pwd|passwort|_pass|passphrase)=[\"']?"
            r"(?P<value>[a-z]{4,32})[\"']?(?:$|[;&\s\"'/>]))"
        ),
        triggers=(r"(?i)(?:password|passwd|pwd|passwort|_pass|passphrase)=[\\\"']{0,2}[a-z]{4}",),
        validate=secret_checks.word_password,
        valid_score=0.8,
        matches=("export DB_PASSWORD=⟦sunflower⟧", "Uid=app;Pwd=⟦toor⟧;", '<add password="⟦sunflower⟧"/>'),
        ignores=(
            "login(user=user, password=password)",
            "password=required",
            "connect(password=passwd)",
            "password=args.password",
            "password=None",
        ),
    )


@detector
def setting_of_word() -> Rule:
    """https://yaml.org/spec/1.2.2/"""
    return Rule(
        id="password-setting",
        entity=SECRET,
        label="Password that is a plain word, in a line of YAML or in an XML element",
        pattern=(
            r"(?i)(?:\n[ \t]{0,40}(?:- )?[\w.-]{0,40}(?:password|passwd|pwd|passphrase):[ ]{1,4}[\"']?"
            r"|<(?:password|passwd|pwd|passphrase)>)(?P<value>[a-z]{4,32})(?:[\"']?[ \t]{0,4}(?:\r?\n|$)|</)"
        ),
        triggers=(r"(?i)(?:password|passwd|pwd|passphrase)(?:: {1,4}[\\\"']{0,2}|>)[a-z]{4}",),
        validate=secret_checks.word_password,
        valid_score=0.8,
        matches=("db:\n  password: ⟦sunflower⟧\n", "<server><password>⟦toor⟧</password></server>"),
        ignores=("user:\n  password: string\n", "<password>required</password>", "a password: sunflower"),
    )


@detector
def password_in_sentence() -> Rule:
    """https://cwe.mitre.org/data/definitions/256.html"""
    return Rule(
        id="password-in-sentence",
        entity=SECRET,
        label="Password in a sentence: behind the word, set to it, or beside an account",
        pattern=(
            r"(?i)(?:(?:^|[^\w])(?:password|passwort|passwd|pwd|passphrase|kennwort|passcode|mot de passe"
            r"|contraseña|wachtwoord"
            r"|senha|hasło)[ \t]{1,2}[\"'(«„“]{0,2}"
            r"|(?:^|[^\w])(?:pass|pw|pwd|password)(?: for [\w -]{1,40})?: ?"
            r"|\b(?:reset|set|changed?|rotated) (?:it|the [\w ]{0,20}?(?:password|pw|pass)) to [\"'`]{0,2}"
            r"|\b(?:log ?in|sign ?in|logon|credentials?|creds|login with)\b(?: for [\w -]{1,40}?)?[ :]{1,3}"
            r"(?:with |are |is |as )?[\w.@-]{2,40} ?/ ?)"
            r"(?P<value>[^\s\"'`\\<>()«»“”]{5,100}[^\s\"'`\\<>()«»“”.,;:!?])"
        ),
        triggers=(
            r"(?i)(?:password|passwort|passwd|pwd|passphrase|kennwort|passcode|mot de passe|wachtwoord|senha)"
            r"[ \t]{1,2}[\"'(\x80-\xff]{0,6}[!-~]{6}",
            r"(?i)(?:contrase[^\x00-\x7f]{1,2}a|has[^\x00-\x7f]{1,2}o)[ \t]{1,2}[\"'(\x80-\xff]{0,6}[!-~]{6}",
            r"(?i)(?:pass|pw|pwd|password)(?: for [\w -]{1,40})?: ?[!-~]{6}",
            r"(?i)(?:reset|set|change|changed|rotated) (?:it|the [\w ]{0,20}(?:password|pw|pass)) to ",
            r"(?i)(?:log ?in|sign ?in|logon|credentials?|creds|login with)(?: for [\w -]{1,40})?[ "
            r":]{1,3}(?:with |are |is |as )?"
            r"[\w.@-]{2,40} ?/ ?[!-~]",
        ),
        validate=secret_checks.told,
        valid_score=0.8,
        matches=(
            "use password ⟦Winter{d4}⟧ for the wiki",
            "I reset it to ⟦{an14}⟧ as the password",
            "login with admin / ⟦{an14}⟧",
            "the creds: root/⟦Toor{d4}⟧",
            "pw for the demo account: ⟦{an13}⟧",
            "Credentials for staging: demo / ⟦{an13}⟧",
            "Identifiant demo, mot de passe ⟦{an14}⟧",
        ),
        ignores=(
            "password must have 8 characters",
            "reset password v2.1",
            "change password 3 times",
            "the password reset-link",
            "password <PASSWORD>",
            "login with password",
            "sign in / register2024",
        ),
    )


@detector
def key_in_sentence() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="key-in-sentence",
        entity=SECRET,
        label="Key or token in a sentence, behind the words for it",
        pattern=(
            r"(?i)\b(?:api|access|secret|auth|private|service|webhook|signing|license|personal access|deploy|bot)[ _-]?"
            r"(?:key|token|secret)(?:s?:? (?:is |was |= )?|: ?)(?P<value>[A-Za-z0-9_+/=.~-]{16,400})"
            r"(?:$|[^A-Za-z0-9_+/=~-])"
        ),
        triggers=(r"(?i)(?:key|token|secret)(?:s?:? (?:is |was |= )?|: ?)[A-Za-z0-9_+/=.~-]{16}",),
        validate=secret_checks.loose_token,
        valid_score=0.85,
        matches=("use api key ⟦{an32}⟧ for staging", "the access token was ⟦{u40}⟧, now gone"),
        ignores=("the api key rotation-2024-10-schedule", "access token authentication-required", "secret key {a20}"),
    )


@detector
def secure_string() -> Rule:
    """https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring"""
    return Rule(
        id="powershell-secure-string",
        entity=SECRET,
        label="Password given to ConvertTo-SecureString",
        pattern=r"(?i)ConvertTo-SecureString\s(?:-String\s)?[\"']?(?P<value>[^\s\"'$][^\s\"']{2,200})",
        triggers=(r"(?i)ConvertTo-SecureString\s",),
        near=("plaintext",),
        score=0.95,
        matches=('$p = ConvertTo-SecureString "⟦{an14}⟧" -AsPlainText -Force',),
        ignores=("$p = ConvertTo-SecureString $env:PW -AsPlainText", "Get-Help ConvertTo-SecureString -Full"),
    )


@detector
def tool_password() -> Rule:
    """https://cwe.mitre.org/data/definitions/214.html"""
    return Rule(
        id="tool-password",
        entity=SECRET,
        label="Password given to a tool or in its settings, in the tool's own way",
        pattern=(
            r"(?i)(?:\b(?:sqlcmd|bcp|osql)\b[^\n|;]{0,120}? -P ?|\b(?:zip|unzip)\b[^\n|;]{0,60}? -P ?|\b(?:7z"
            r"|7za|unrar|rar)\b"
            r"[^\n|;]{0,60}? -h?p|-(?:storepass|keypass|srcstorepass|deststorepass)[ :=]"
            r"|\bldap(?:search|modify|add|passwd|whoami)\b[^\n|;]{0,160}? -w ?|\bsmbclient\b[^\n|;]{0,120}?%|/p:"
            r"|identified (?:with \w+ )?by [\"']|\bwith (?:encrypted )?password [\"']"
            r"|\b(?:username \S{1,40}(?: privilege \d{1,2})?|enable) (?:secret|password) [057] |requirepass "
            r"|masterauth |auth_pass |-pass(?:in|out)? pass:|\bnet user [^\n ]{1,40} |-Credential [^\n]{0,40}?:)"
            r"[\"']?(?P<value>[^\s\"'$<>{}|-][^\s\"'<>{}|]{3,128})"
        ),
        triggers=(
            r"(?i)(?:sqlcmd|bcp|osql)[^\n|;]{0,120} -P",
            r"(?i)zip[^\n|;]{0,60} -P",
            r"(?i)(?:7za?|rar)[^\n|;]{0,60} -h?p",
            r"(?i)-(?:storepass|keypass|srcstorepass|deststorepass)[ :=]",
            r"(?i)ldap[a-z]{3,8}[^\n|;]{0,160} -w",
            r"(?i)smbclient[^\n|;]{0,120}%",
            r"(?i)/p:[\\\"']{0,2}[^\s]",
            r"(?i)identified (?:with \w{1,40} )?by ",
            r"(?i)with (?:encrypted )?password ",
            r"(?i)(?:secret|password) [057] ",
            r"requirepass |masterauth |auth_pass ",
            r"(?i)-pass(?:in|out)? pass:",
            r"(?i)net user ",
        ),
        validate=secret_checks.password_there,
        valid_score=0.85,
        matches=(
            "sqlcmd -S db01 -U sa -P ⟦{an14}⟧ -Q 'select 1'",
            "CREATE USER 'app'@'%' IDENTIFIED BY '⟦{an14}⟧';",
            "keytool -list -keystore k.jks -storepass ⟦{an12}⟧",
            "7z x -p⟦{an12}⟧ data.7z",
            "username admin secret 0 ⟦{an14}⟧",
            "xfreerdp /v:host /u:svc /p:⟦{an9}⟧",
        ),
        ignores=(
            "zip -r out.zip data",
            "mkdir -p data/7z",
            "identified by their serial number",
            "with password protection",
            "net user /domain",
            "secret 5 times",
        ),
    )


@detector
def password_piped() -> Rule:
    """https://man7.org/linux/man-pages/man8/chpasswd.8.html"""
    return Rule(
        id="password-piped",
        entity=SECRET,
        label="Password that echo hands to a command",
        pattern=(
            r"(?:echo|printf)(?: -n)? [\"']?(?:[\w.-]{1,40}:)?(?P<value>[^\s\"'$:|]{5,100})[\"']?(?:\\n[\"'])? "
            r"?\| ?(?:sudo )?"
            r"(?:-S )?(?:chpasswd|kinit|passwd|sudo -S|docker login|htpasswd|cryptsetup|gpg|openssl)"
        ),
        triggers=(
            r"\| ?(?:sudo )?(?:-S )?(?:chpasswd|kinit|passwd|sudo -S|docker login|htpasswd|cryptsetup|gpg|openssl)",
        ),
        near=("echo", "printf"),
        validate=secret_checks.password_there,
        valid_score=0.9,
        matches=("echo 'deploy:⟦{an14}⟧' | chpasswd", "echo ⟦{an9}⟧ | sudo -S reboot", "printf '⟦{an9}⟧' | kinit svc"),
        ignores=("echo $PW | kinit svc", "cat pw | chpasswd", "echo done | gpg"),
    )


@detector
def typed_secret() -> Rule:
    """https://cwe.mitre.org/data/definitions/798.html"""
    return Rule(
        id="secret-typed",
        entity=SECRET,
        label="Credential in a declaration with a type, in a property list or in a form part",
        pattern=(
            r"(?i)(?:(?:key|token|secret|password|passwd|credential)\s?:\s?(?:[A-Z]\w{1,20}|str)\??\s?=\s?[\"']"
            r"|<key>[\w.-]{0,40}(?:key|token|secret|password)</key>\s{0,8}<string>"
            r"|<(?:\w{1,20}:)?(?:password|secret|token|apikey)\s[^<>]{1,200}>"
            r"|name=\"?(?:password|passwd|pwd|token|secret|api_key)\"?\r?\n\r?\n)(?P<value>[^\s\"'<>{}]{6,400})"
        ),
        triggers=(
            r"(?i)(?:key|token|secret|password|passwd|credential)\s?:\s?(?:[A-Z]\w{1,20}|str)\??\s?=\s?[\\\"']",
            r"(?i)(?:key|token|secret|password)</key>\s{0,8}<string>",
            r"(?i)<(?:\w{1,20}:)?(?:password|secret|token|apikey)\s[^<>]{1,200}>[^<]",
            r"(?i)name=\\{0,1}\"?(?:password|passwd|pwd|token|secret|api_key)",
        ),
        validate=secret_checks.password_there,
        valid_score=0.85,
        matches=(
            'let apiKey: String = "⟦{an32}⟧"',
            "<key>apiToken</key><string>⟦{an32}⟧</string>",
            '<wsse:Password Type="PasswordText">⟦{an14}⟧</wsse:Password>',
            'Content-Disposition: form-data; name="password"\r\n\r\n⟦{an9}⟧\r\n--x',
        ),
        ignores=(
            'let token: String = ""',
            "<key>tokenType</key><string>Bearer</string>",
            '<Password Type="x">${PW}</Password>',
            'name="password" type="password"',
        ),
    )
