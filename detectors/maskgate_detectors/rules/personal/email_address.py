"""E-mail addresses, plain and written out to escape harvesters."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


def _written_out(text: str) -> bool:
    """Whether something other than a plain word " at " and a plain full stop marks the address."""
    lowered = text.casefold()
    return any(mark in lowered for mark in ("[", "(", "{", "<")) or (" at " in lowered and " dot " in lowered)


_COMMON = (
    "com|org|net|edu|gov|io|co|info|biz|dev|app|me|eu|uk|de|fr|es|it|nl|pl|pt|se|no|dk|fi|at|ch|be"
    "|ie|cz|us|ca|au|jp|cn|br|ru|example"
)


@detector
def email() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1"""
    return Rule(
        id="email",
        entity="EMAIL_ADDRESS",
        label="E-mail address",
        pattern=(
            r"(?P<value>[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}._%+'-]{0,62}[\p{L}\p{N}\p{M}_+-])?"
            r"@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.){1,6}[\p{L}][\p{L}\p{N}-]{0,21}"
            r"[\p{L}\p{N}])"
        ),
        triggers=(r"[^\x00-\x20@,;:](?:@|%40)[^\x00-/:-@\[-`{-\x7f]",),
        validate=checksums.email,
        valid_score=0.95,
        keys=words(
            "email, e mail, mail, email address, mail address, email id, contact email, reply to",
            "e mail adresse, mailadresse, emailadresse, courriel, adresse mail, adresse email, adresse courriel",
            "correo, correo electronico, posta elettronica, indirizzo email, endereco de email, correio eletronico",
            "e postadress, epost, e post, sahkoposti, adres email, eposta, メール, 邮箱, 이메일",
        ),
        key_decides=True,
        key_pattern=r"\S{1,64}(?:@|＠|%40| ?[\[({] ?at ?[\])}] ?| at )\S.{0,252}",
        key_check=checksums.email_of_someone,
        key_score=0.95,
        matches=(
            "⟦anna.schmidt@example.com⟧",
            "Write to ⟦o'brien+news@mail.example.co.uk⟧, please.",
            "mail=⟦bob@example.org⟧;x=1",
            "⟦jörg@bücher.example⟧",
            "<⟦a@b.co⟧>",
        ),
        ignores=(
            "git@github.com:org/repo.git",
            "org-6811672@github.com:octo-org/octo-repo.git",
            "icon@2x.png",
            "getty@tty1.service",
            "@scope/package@1.2.3",
            "actions/checkout@v4",
            "user@host",
            "a@@b.com",
            "noreply@mail.example.org",
            "49699333+dependabot[bot]@users.noreply.github.com",
            "ssh deploy@bastion.internal uptime",
            "email: you@example.com",
            "email: private",
            "message_id: <{x20}.{d10}@mta-3.example.org>",
        ),
    )


@detector
def email_spelled_out() -> Rule:
    """https://en.wikipedia.org/wiki/Address_munging"""
    return Rule(
        id="email-spelled-out",
        entity="EMAIL_ADDRESS",
        label="E-mail address written with «at» and «dot»",
        pattern=(
            r"(?i)(?:^|[^\p{L}\p{N}._-])(?P<value>[\p{L}\p{N}_](?:[\p{L}\p{N}._+-]|(?: ?[\[({]dot[\])}] ?| "
            r"dot )[\p{L}\p{N}]){0,63}"
            r"(?: ?[\[({<] ?(?:at|@|a t) ?[\])}>] ?| at )"
            r"[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})"
            r"(?:(?:\.| ?[\[({<] ?(?:dot|\.|punkt|punto|point) ?[\])}>] ?| (?:dot|punkt|punto|point) "
            r")[\p{L}\p{N}-]{1,62}){0,3}"
            r"(?:\.| ?[\[({<] ?(?:dot|\.|punkt|punto|point) ?[\])}>] ?| (?:dot|punkt|punto|point) )"
            r"(?:com|org|net|edu|gov|io|co|info|biz|dev|app|me|test|example|eu|uk|de|fr|es|it|nl|pl|pt|se|no"
            r"|dk|fi|at|ch|be|ie|cz|us|ca|au|nz|in|jp|cn|br|mx|ru))"
            r"(?:$|[^\p{L}\p{N}@])"
        ),
        triggers=(
            r"(?i)[\[({<] ?(?:at|@) ?[\])}>]",
            r"(?i)[a-z0-9] at [a-z0-9-]{1,40} dot [a-z]",
        ),
        validate=_written_out,
        valid_score=0.97,
        matches=(
            "reach me at ⟦john.doe [at] example [dot] com⟧",
            "⟦jane(at)example.org⟧",
            "⟦peter at example dot com⟧",
            "⟦max {at} mail {dot} example {dot} de⟧",
        ),
        ignores=("meet at noon dot matrix", "look at example.com", "call (at) 5 pm", "array[at] = x.y"),
    )


@detector
def email_spaced() -> Rule:
    """https://en.wikipedia.org/wiki/Address_munging"""
    return Rule(
        id="email-spaced",
        entity="EMAIL_ADDRESS",
        label="E-mail address with blanks, underscores or a comma in place of its marks",
        pattern=(
            r"(?i)(?:^|[^\p{L}\p{N}._%+-])(?P<value>[\p{L}\p{N}][\p{L}\p{N}._%+-]{0,62}"
            rf"(?:(?: {{1,2}}@ {{0,2}}| {{0,2}}@ {{1,2}})[\p{{L}}\p{{N}}-]{{1,60}}(?: ?\. "
            rf"?[\p{{L}}\p{{N}}-]{{1,40}}){{0,2}} ?\. ?(?:{_COMMON})"
            rf"|@[\p{{L}}\p{{N}}-]{{1,60}}(?: \. ?|\. |,)(?:{_COMMON})"
            rf"|_at_[\p{{L}}\p{{N}}-]{{1,60}}_(?:dot_)?(?:{_COMMON})))(?:$|[^\p{{L}}\p{{N}}])"
        ),
        triggers=(r"(?:@ | @|@[0-9A-Za-z-]{1,60}(?: \.|\. |,)|_at_[0-9A-Za-z-]{1,60}_)",),
        score=0.85,
        matches=(
            "write to ⟦john.doe @ gmail . com⟧ please",
            "⟦john.doe @gmail.com⟧",
            "mail ⟦john_doe_at_gmail_com⟧ now",
            "⟦john.doe@gmail,com⟧",
        ),
        ignores=("lunch @ noon. come along", "see you @ the cafe. com on", "look_at_this_one", "2 @ 3.50", "price @ 3"),
    )


@detector
def email_letter_by_letter() -> Rule:
    """https://en.wikipedia.org/wiki/Address_munging"""
    return Rule(
        id="email-letter-by-letter",
        entity="EMAIL_ADDRESS",
        label="E-mail address with a blank between all letters, or broken before its @",
        pattern=(
            r"(?i)(?:^|[^\p{L}\p{N}._%+-])(?P<value>[\p{L}\p{N}](?: [\p{L}\p{N}._+-]){1,40} @ [\p{L}\p{N}](?: "
            r"[\p{L}\p{N}-]){1,30}(?: \. [a-z](?: [a-z]){1,9}){1,3}"
            r"|[\p{L}\p{N}][\p{L}\p{N}._%+-]{1,62}(?:\r?\n@|@\r?\n)[\p{L}\p{N}-]{1,60}(?:\.[\p{L}\p{N}-]{1,60}){0,3}\.[a-z]{2,12})"
            r"(?:$|[^\p{L}\p{N}])"
        ),
        triggers=(r"[a-zA-Z0-9_] @ [a-zA-Z0-9] [a-zA-Z0-9-]", r"[a-zA-Z0-9_](?:\n@|@\r?\n)[a-zA-Z0-9]"),
        score=0.85,
        matches=("mail: ⟦j o h n . d o e @ m a i l . d e⟧", "to ⟦john.doe\n@example.org⟧ now"),
        ignores=("a @ b c", "see you\n@noon. ok"),
    )


@detector
def email_quoted_printable() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc2045#section-6.7"""
    return Rule(
        id="email-quoted-printable",
        entity="EMAIL_ADDRESS",
        label="E-mail address in quoted-printable",
        pattern=(
            r"(?:^|[^\w.+-])(?P<value>[A-Za-z0-9_][A-Za-z0-9._+-]{1,62}=40[A-Za-z0-9-]{1,60}"
            r"(?:(?:\.|=2E)[A-Za-z0-9-]{1,60}){0,3}(?:\.|=2E)[A-Za-z]{2,12})(?:$|[^\w])"
        ),
        triggers=(r"=40[A-Za-z0-9-]{1,60}(?:\.|=2E)[A-Za-z]",),
        score=0.8,
        matches=("To: ⟦john.doe=40example.org⟧",),
        ignores=("width=40px.x", "a=40.5", "x=40example"),
    )
