"""Credentials in the ways in which people, tools and files hand them on, split by template into train, dev and test."""
# ruff: noqa: E501  (a line of a file or of a command reads best whole)

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from benchmarks.detection.marks import mark

_RANDOM = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_WORDS = ("sunflower", "blackbird", "moonlight7", "Herbst2022", "P@ssphrase1", "rosebud!9", "kangaroo", "Tulpe4711")

# {} stands for a password, [] for a token; the first line of a pair of files keeps its newline.
TEXTS: dict[str, tuple[str, ...]] = {
    "train": (
        "export PG_PASSWORD={}", "mysqldump -u backup -p{} shop", "postgres://app:{}@pg-0:5432/shop", "- name: MAIL_TOKEN\n  value: []\n", '<add key="geo.token" value="[]"/>',
        "rejected relay_token '[]' (403)", "the wiki password is {}9", "use api key [] for the demo", "Pwd={};Uid=app;Server=db", "conf.set(\"keystore.password\", \"{}7\")",
    ),
    "dev": (
        "REDIS_URL=redis://:{}@cache:6379/1", "CREATE USER shop IDENTIFIED BY '{}8';", "db:\n  user: app\n  password: {}\n", "curl -u robot:{} https://files.internal/x", "echo '{}1' | sudo -S true",
        'let mapsKey: String = "[]"', "creds for staging: robot / {}3", "wget --header 'X-Api-Key: []' https://api.internal", "jdbc:oracle:thin:app/{}@//ora:1521/X", "token = \"[]\"  # rotate",
    ),
    "test": (
        "sshpass -p '{}' ssh root@host", "keytool -list -keystore a.jks -storepass {}2", "machine files.internal login robot password {}", "Set-Cookie: sessionid=[]; Path=/; Secure",
        "pw for the printer: {}5", "docker login -u ci -p {} registry.internal", "https://robot:[]@git.internal/shop.git", "$p = ConvertTo-SecureString \"{}\" -AsPlainText -Force",
        "<server><username>ci</username><password>{}</password></server>", "GET /feed?access_token=[]&page=3 HTTP/1.1",
    ),
}  # fmt: skip
NAMES: dict[str, tuple[str, ...]] = {
    "train": ("relayToken", "kassenPasswort", "GEO_API_KEY", "sessionSecret", "smtp_pass", "mot_de_passe", "PHPSESSID", "aes_key", "clave", "bindPw", "recovery_code", "botToken"),
    "dev": ("ftpPassword", "SIGNING_SECRET", "contrasena", "deployKey", "x-api-token", "wifi_psk", "masterPassphrase", "haslo", "oauthRefreshToken", "device_secret", "login_pw", "otpSecret"),
    "test": ("vaultToken", "adminPasswd", "webhookSigningKey", "senha", "JWT_SECRET", "rootpw", "storageAccountKey", "wachtwoord", "personal_access_token", "db.password", "hmacSecret", "csrfToken"),
}  # fmt: skip


def _token(r: random.Random) -> str:
    return "".join(r.choice(_RANDOM) for _ in range(r.choice((20, 32, 40)))) + str(r.randint(2, 9)) + r.choice("xyz")


def told(split: str, each: int) -> Iterator[Any]:
    """Every way of ``split`` with ``each`` values."""
    for at, text in enumerate(TEXTS[split]):
        for count in range(each):
            r = random.Random(f"ways:{split}:{at}:{count}")
            value = r.choice(_WORDS) if "{}" in text else _token(r)
            before, _, after = text.partition("{}" if "{}" in text else "[]")
            tail = after[0] if after[:1].isdigit() else ""
            yield {r.choice(("line", "text", "config")): before + mark("SECRET", value + tail) + after[len(tail) :]}


def named(split: str, each: int) -> Iterator[Any]:
    """Every name of ``split`` over ``each`` values: words and random ones for passwords, random ones for the rest."""
    passwords = ("pass", "pw", "psk", "clave", "contrasena", "haslo", "senha", "wachtwoord", "mot_de")
    for name in NAMES[split]:
        for count in range(each):
            r = random.Random(f"names:{split}:{name}:{count}")
            weak = any(part in name.lower() for part in passwords) and r.random() < 0.5
            yield r.choice((lambda tree: tree, lambda tree: {"conf": tree}))(
                {name: mark("SECRET", r.choice(_WORDS) if weak else _token(r))}
            )
