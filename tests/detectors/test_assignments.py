"""A name that means a credential and its value, in the ways in which settings, programs and markup put them together."""
# ruff: noqa: E501  (a line of a program reads best whole; the values are made for each run of the test)

from __future__ import annotations

import random

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.text import assignments

# {n} is the name in lower case, {N} in upper case, {c} in camel case; {v} is the value.
FORMS = (
    '{c}="{v}"', "{c} = {v}", "{n}: {v}", '{{\n  "{n}": "{v}"\n}}', '{{\\"{n}\\": \\"{v}\\"}}', "{n}      = \"{v}\"", "{n}: |\n  {v}", "{n}: >-\n    {v}\n",
    "<{c}>{v}</{c}>", "<{c}>\n    {v}\n</{c}>", '<{c} type="opaque">{v}</{c}>', "<{c}><![CDATA[{v}]]></{c}>", '<entry {c}="{v}"/>', '<add key="{c}" value="{v}"/>',
    '<property name="{c}" value="{v}"/>', '<property name="{c}">{v}</property>', "<key>{c}</key>\n<string>{v}</string>", '<input type="hidden" value="{v}" name="{n}"/>', '<meta name="{n}" content="{v}">',
    'private const string {N} = "{v}";', 'public static readonly string {c} = @"{v}";', 'var {c} string = "{v}"', "{c} := `{v}`", 'const {c} string = "{v}"', 'private static final String {N} = "{v}";',
    'config.put("{c}", "{v}");', 'buildConfigField "String", "{N}", "\\"{v}\\""', 'val {c}: String? = "{v}"', 'const val {N} = "{v}"', 'let {c}: String = "{v}"', 'let {n}: &str = "{v}";',
    "const {N}: &'static str = \"{v}\";", 'let {n} = String::from("{v}");', '{N} ::= "{v}"', '{N} :::= "{v}"', '{N} ?= "{v}"', "{N} += {v}", "{N} != echo {v}", '${c} .= "{v}"', "${c} ??= '{v}';",
    "$this->{c} = '{v}';", "putenv('{N}={v}');", "{n}: str = '{v}'", '{N}: Final[str] = "{v}"', "os.environ['{N}'] = '{v}'", "os.environ.get('{N}', '{v}')", "{n}=b'{v}'", '{c} = f"{v}"', '{c} = """{v}"""',
    ":{n} => '{v}'", "ENV['{N}'] ||= '{v}'", "{N} = %q({v})", '$env:{c} = "{v}"', "[string]${c} = '{v}'", "Set-Item env:{N} '{v}'", 'setx {N} "{v}"', "export {N}={v}", "setenv {N} {v}", "set -gx {N} {v}",
    'SET "{N}={v}"', 'variable "{n}" {{\n  type    = string\n  default = "{v}"\n}}', "ENV {N} {v}", "docker run -e {N}={v} img", "process.env.{N} || '{v}'", "if ({c} === '{v}')", '{c} == "{v}"', "{c} !== '{v}'",
    "{c}?: string = '{v}'", '{n} <- "{v}"', 'Dim {c} As String = "{v}"', 'const char {n}[] = "{v}";', 'std::string {c}{{"{v}"}};', 'NSString *{c} = @"{v}";', "| {n} | {v} |", "--{n} {v}", "my ${n} = '{v}';",
)  # fmt: skip
NAMES = ("acme_token", "billing_api_key", "relay_client_secret")
NOTHING = (
    "user.name == \"open\"", "<token>string</token>", "<password>{{ password }}</password>", 'token ?= "$(shell cat token)"', 'var token string = "string"', "const token: string = 'required';",
    "api_key ::= <api-key>", "token_count += 12", "if (token === 'undefined')", "password: str = None", "def f(token: str, user: str = 'x'):", "let token: Option<String> = None;", "key <- names(frame)",
    '<property name="token">${token}</property>', '<label for="password">Your password</label>', "| token | string |", "ENV API_TOKEN", "token := r.Header.Get(\"X-Token\")", "secret ||= default_secret",
    "token != nil", '<a href="token">Read on here</a>', "const char token[] = \"changeme\";", "api_key = \"<your-api-key>\"", "password := os.Getenv(\"DB_PASSWORD\")", "expires: number = 3600", "x-token: |\n",
)  # fmt: skip


def _value(seed: str) -> str:
    r = random.Random(seed)
    alphabet = r.choice(
        (
            "0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789",
        )
    )
    return "".join(r.choice(alphabet) for _ in range(r.choice((24, 32, 40)))) + "7q"


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All rules, no model."""
    return Engine(EngineConfig(model="none"))


@pytest.mark.parametrize("form", FORMS)
def test_every_way_to_give_a_name_a_value_is_known(engine: Engine, form: str) -> None:
    """The value is covered wholly, whatever the name and the signs around it."""
    for name in NAMES:
        value = _value(form + name)
        first, *rest = name.split("_")
        text = form.format(n=name, N=name.upper(), c=first + "".join(part.title() for part in rest), v=value)
        at = text.index(value)
        covered = {place for hit in engine.scan_text(text) for place in range(hit.start, hit.end)}
        assert set(range(at, at + len(value))) <= covered, text


@pytest.mark.parametrize("text", NOTHING)
def test_code_that_holds_no_credential_is_left_alone(engine: Engine, text: str) -> None:
    """Types, calls, references and words that stand for a value are none."""
    assert engine.scan_text(text) == []


def test_signs_of_programs_say_nothing_of_people(engine: Engine) -> None:
    """A comparison with a name is code."""
    assert engine.scan_text('if (customer.first_name == "Deferred") return') == []


def test_looking_for_pairs_takes_linear_time() -> None:
    """Sixty thousand characters of signs and names are looked through once."""
    for piece in ("a: ", "a [] ", 'a b="', "<a b='c' ", "a : A<", "k string ", "x   "):
        text = piece * (60_000 // len(piece))
        for pair in assignments.pairs(text):
            key = assignments.key_before(text, pair.key_end)
            if pair.markup and key:
                assignments.content(text, pair, key)
            else:
                assignments.value_at(text, pair.start)
