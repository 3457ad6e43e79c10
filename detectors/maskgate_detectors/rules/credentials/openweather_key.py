"""OpenWeather API key."""

from __future__ import annotations

from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model.rule import SECRET, Rule, detector
from maskgate_detectors.model.words import words


@detector
def openweather_key() -> Rule:
    """https://openweathermap.org/appid"""
    return Rule(
        id="openweather-key",
        entity=SECRET,
        label="OpenWeather API key",
        pattern=(
            r"(?i)(?:openweather|owm[_-]|appid)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}(?:=>|:=|="
            r"|:)\s{0,3}[\\\x22']{0,3}(?P<value>[0-9a-f]{32})(?:$|[^A-Za-z0-9_-])"
        ),
        triggers=(r"(?i)(?:openweather|owm[_-]|appid)[\w .-]{0,30}[\\\x22']{0,3}\s{0,3}[=:]",),
        validate=secret_checks.real,
        valid_score=0.98,
        keys=words("openweather api key, openweathermap api key, owm api key"),
        key_decides=True,
        key_pattern="(?:[0-9a-f]{32})",
        key_score=0.97,
        matches=(
            "openweather_api_key: ⟦{x32}⟧",
            "export openweather_KEY=⟦{x32}⟧ # x",
        ),
        ignores=("id {x32}",),
    )
