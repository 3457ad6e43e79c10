"""Every rule proves itself: what it must find, what it must leave alone, and that it keeps to its own kind."""

from __future__ import annotations

import gc
import json
import re
import time

import pytest

from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.model import registry, samples
from maskgate_detectors.model.finding import Finding
from maskgate_detectors.model.rule import SECRET, Rule

RULES = registry.load()
BY_ID = {rule.id: rule for rule in RULES}

# Kinds that one value can rightly be both of: left, the rule of the sample; right, who else may claim it.
SIBLINGS = {
    "es-vat": {"es-nif"},
    "in-driver-license": {"driver-license"},
    "nl-btw": {"be-vat"},
    "no-kontonr": {"bank-account"},
    "pt-nif": {"es-nif"},
    "social-insurance": {"ca-sin"},
    "uk-driving-licence": {"driver-license"},
    "uk-vat": {"tax-id"},
    "us-bank-number": {"bank-account"},
    "us-driver-license": {"driver-license"},
    "us-passport": {"passport"},
}

# Credentials known by what stands around them: there, braces are as good as any other characters.
FORMS = {
    "cookie", "password", "private-key-pem", "putty-private-key", "url-with-credentials", "command-line-password",
    "connection-string-password", "connection-string-in-quotes", "curl-user-password", "netrc-password",
    "kubernetes-secret", "oracle-login", "pgpass-line",
    "powershell-secure-string", "secret-field", "secret-listed", "token-field", "url-token",
}  # fmt: skip


def record(sample: samples.Sample) -> bytes:
    """The sample as a JSON record: under its key (dots are nesting) or under a key that says nothing."""
    value: object = sample.text
    for part in reversed(sample.key.split(".")) if sample.key else ["text"]:
        value = {part: value}
    return json.dumps(value, ensure_ascii=False).encode()


def found(engine: Engine, template: str, seed: int = 0) -> tuple[samples.Sample, tuple[Finding, ...]]:
    """The expanded sample and what the engine finds in it."""
    sample = samples.read(template, seed)
    scan = engine.batch([record(sample)])[0]
    assert scan.error is None, (scan.error, scan.detail)
    return sample, scan.findings


@pytest.fixture(scope="module")
def everything() -> Engine:
    """An engine with all rules and no model of prose."""
    return Engine(EngineConfig(model="none", time_budget_s=10.0))


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_finds_its_samples_and_leaves_the_others(rule: Rule) -> None:
    """A rule alone finds the marked span of each sample, for any random filling, and nothing in ``ignores``."""
    engine = Engine(EngineConfig(model="none", rules=(rule,), prefilter="re2", time_budget_s=10.0))
    assert rule.matches
    for template in rule.matches:
        for seed in range(2):
            sample, findings = found(engine, template, seed)
            assert tuple((f.start, f.end) for f in findings) == sample.spans, template
            assert {f.entity for f in findings} == {rule.entity}
    for template in rule.ignores:
        assert found(engine, template)[1] == (), template


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_stays_within_the_budget_on_what_almost_fits(rule: Rule) -> None:
    """20 kB of its own sample, whole, cut short and without spaces, take less than twice the CPU of such a record."""
    engine = Engine(EngineConfig(model="none", rules=(rule,), prefilter="re2", time_budget_s=60.0))
    text = samples.read(rule.matches[0], 0).text
    for piece in (text + " ", text[: len(text) // 2 + 1], text.replace(" ", "")):
        data = json.dumps({rule.keys[0] if rule.keys else "text": piece * (20_000 // len(piece))}).encode()
        engine.batch([b'{"first": "use"}', data[:200] + b'"}'])  # loads modules and makes programs
        gc.disable()  # a collection of what other tests left is not the rule's time
        try:
            start = time.process_time()
            engine.batch([data])
            took = time.process_time() - start
        finally:
            gc.enable()
        assert took < 2 * (0.05 + 0.02 * len(data) / 1000)  # of any machine


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_fires_only_on_its_own_kind(rule: Rule, everything: Engine) -> None:
    """With all rules on, a sample is covered wholly, by a rule of the same entity or by a documented sibling."""
    for template in rule.matches:
        sample, findings = found(everything, template)
        for start, end in sample.spans:
            covered = {at for f in findings for at in range(f.start, f.end)}
            assert set(range(start, end)) <= covered, template
            for f in findings:
                if f.start < end and f.end > start:
                    same = BY_ID[f.detector].entity == rule.entity if f.detector in BY_ID else False
                    assert same or f.detector in SIBLINGS.get(rule.id, ()), (template, f.detector)


def test_ids_are_kebab_case_and_unique() -> None:
    """Ids end up in policies and audit logs: one spelling, no two alike."""
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)] == []


def test_every_rule_links_its_source() -> None:
    """A reader can look up each format."""
    assert [rule.id for rule in RULES if not rule.source.startswith("https://")] == []


def test_promised_coverage_is_there() -> None:
    """At least 150 kinds of credentials, and every kind that Presidio's default recognizers have."""
    assert sum(rule.entity == SECRET for rule in RULES) >= 150
    promised = set(
        """CREDIT_CARD CRYPTO DATE_TIME EMAIL_ADDRESS IBAN_CODE IP_ADDRESS MAC_ADDRESS LOCATION PERSON PHONE_NUMBER
        MEDICAL_LICENSE URL US_BANK_NUMBER US_DRIVER_LICENSE US_ITIN US_PASSPORT US_SSN US_MBI US_NPI UK_NHS UK_NINO
        ES_NIF ES_NIE IT_FISCAL_CODE IT_DRIVER_LICENSE IT_VAT_CODE IT_PASSPORT IT_IDENTITY_CARD PL_PESEL SG_NRIC_FIN
        SG_UEN AU_ABN AU_ACN AU_TFN AU_MEDICARE IN_PAN IN_AADHAAR IN_VEHICLE_REGISTRATION IN_VOTER IN_PASSPORT
        IN_GSTIN FI_PERSONAL_IDENTITY_CODE KR_RRN KR_FRN KR_BRN KR_DRIVER_LICENSE KR_PASSPORT TH_TNIN""".split()
    )
    assert promised - {rule.entity for rule in RULES} == set()


def test_every_member_of_the_european_union_has_a_number() -> None:
    """Each member state has at least one identity or VAT number of its own."""
    members = set("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())
    assert members - {country for rule in RULES for country in rule.countries} == set()


def test_no_rule_file_holds_a_live_looking_secret() -> None:
    """Samples of credentials are templates: the text in the repository is none of them."""
    engine = Engine(EngineConfig(model="none", time_budget_s=10.0))
    for rule in RULES:
        if rule.entity != SECRET or rule.id in FORMS:
            continue
        for template in rule.matches:
            if "{" not in template:
                continue
            raw = template.replace("⟦", "").replace("⟧", "")
            hits = engine.batch([json.dumps({"text": raw}).encode()])[0].findings
            assert not any(f.detector == rule.id for f in hits), rule.id
