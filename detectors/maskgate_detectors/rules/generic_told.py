"""Credentials told in other ways than ``name = value``: in quotes, in lists of names and values, in sentences."""

from __future__ import annotations

from maskgate_detectors import secret_checks
from maskgate_detectors.rule import SECRET, Rule, detector


@detector
def quoted_secret() -> Rule:
    """https://cwe.mitre.org/data/definitions/532.html"""
    return Rule(
        id="secret-quoted",
        entity=SECRET,
        label="Credential in quotes behind the word for it",
        pattern=(
            r"(?i)(?:key|token|secret|password|passwd|passphrase|credentials?|_pat|cookie)(?:[\"'`])?[,( ]{1,2}[\"'`]"
            r"(?P<value>[^\s\"'`<>{}]{8,400})[\"'`]"
        ),
        triggers=(
            r"(?i)(?:key|token|secret|password|passwd|passphrase|credentials?|_pat|cookie)"
            r"[\\\"'`]{0,2}[,( ]{1,2}[\\\"'`]{1,2}[^\s\"'`<>{}\\]{8}",
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
            r"(?:key|token|secret|passw(?:or)?d|passphrase|pwd|credentials?|_pat|_pass|_dsn)[\"']?"
            r"[,\s]{1,30}[\"']?value[\"']?\s{0,2}[:=]\s{0,2}[\"']?(?P<value>[^\s\"'<>{}]{6,})"
        ),
        triggers=(
            r"(?i)(?:key|token|secret|passw(?:or)?d|passphrase|pwd|credentials?|_pat|_pass|_dsn)"
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
            r"(?i)(?:(?:^|[^\w])(?:password|passwort|passwd|pwd|passphrase|kennwort|passcode)[ \t]{1,2}[\"'(«„“]{0,2}"
            r"|\b(?:reset|set|changed?|rotated) (?:it|the [\w ]{0,20}?(?:password|pw|pass)) to [\"'`]{0,2}"
            r"|\b(?:log ?in|sign ?in|logon|credentials?|creds|login with)\b[ :]{1,3}(?:with |are |is |as )?"
            r"[\w.@-]{2,40} ?/ ?)"
            r"(?P<value>[^\s\"'`\\<>()«»“”]{5,100}[^\s\"'`\\<>()«»“”.,;:!?])"
        ),
        triggers=(
            r"(?i)(?:password|passwort|passwd|pwd|passphrase|kennwort|passcode)[ \t]{1,2}[\"'(\x80-\xff]{0,6}[!-~]{6}",
            r"(?i)(?:reset|set|change|changed|rotated) (?:it|the [\w ]{0,20}(?:password|pw|pass)) to ",
            r"(?i)(?:log ?in|sign ?in|logon|credentials?|creds|login with)[ :]{1,3}(?:with |are |is |as )?"
            r"[\w.@-]{2,40} ?/ ?[!-~]",
        ),
        validate=secret_checks.told,
        valid_score=0.8,
        matches=(
            "use password ⟦Winter{d4}⟧ for the wiki",
            "I reset it to ⟦{an14}⟧ as the password",
            "login with admin / ⟦{an14}⟧",
            "the creds: root/⟦Toor{d4}⟧",
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
