"""Names in small letters, names of callers, and addresses by their postcode, quarter or town."""
# ruff: noqa: E501  (a sentence reads best on one line)

from __future__ import annotations

import json

import pytest

from maskgate_detectors import Engine, EngineConfig

SAID = (
    "I talked to ⟦saoirse⟧ about it", "spoke with ⟦ingeborg⟧, she agreed", "please forward it to ⟦nnamdi⟧", "hey ⟦thorsten⟧, any news?", "thanks ⟦ximena⟧!", "ask ⟦aoife⟧ for the form", "cc ⟦nnamdi⟧",
    "ich sprach mit ⟦thorsten⟧ darüber", "hallo ⟦ingeborg⟧, danke", "hi, hier ist ⟦heinrich⟧", "lg ⟦thorsten⟧", "parlé avec ⟦guillaume⟧ hier", "salut ⟦mathilde⟧, ça va", "hablé con ⟦ximena⟧ ayer", "hola, soy ⟦ximena⟧",
    "parlato con ⟦giuseppe⟧", "ciao, sono ⟦gianluca⟧", "falei com ⟦thiago⟧ agora", "hej, det är ⟦ingegerd⟧, kan ni ringa?", "pratade med ⟦ingegerd⟧", "hej det er ⟦torbjørn⟧, ring", "snakket med ⟦torbjørn⟧", "hej tu ⟦zosia⟧, oddzwońcie", "cześć ⟦wojtek⟧", "ahoj ⟦honza⟧, prosím",
    "⟦Vanderstraeten⟧ heeft gisteren gebeld", "⟦Oberhauser⟧ hat gestern angerufen", "⟦Delacourt⟧ a encore appelé", "⟦Okonjo⟧ called back", "⟦Lindqvist⟧ ringde igår", "⟦Bjerregaard⟧ ringte i går", "⟦Esposito⟧ ha chiamato", "⟦Kowalczyk⟧ dzwonił rano", "⟦Yıldırım⟧ aradı",
    "wohnt Unter den Linden 5? nein: ⟦Hinterm Deich 14, 25821 Bredstedt⟧", "leveres til ⟦Nørrevang 14, 9800 Hjørring⟧", "⟦Lilla Torget 3\n411 18 Göteborg⟧", "Post an ⟦Am Anger 7a, A-4020 Linz⟧", "bor i ⟦Solbakken 22, 4016 Stavanger⟧", "stuur naar ⟦Achterom 12, 2611 PL Delft⟧",
    "adres: ⟦Yenişehir Mah. Lale Cad. No: 41/2, Mersin⟧", "⟦Atatürk Caddesi No:12 Daire 4⟧ adresine", "kargo ⟦İnönü Mahallesi 1204. Sok. No: 9 Kat 3, Osmangazi / Bursa⟧", "she studied at the University of ⟦Ljubljana⟧", "vive en la ciudad de ⟦Zaragoza⟧", "à la ville de ⟦Besançon⟧",
)  # fmt: skip
NOTHING = (
    "I talked to support about it", "spoke with sales, they agreed", "please forward it to billing", "hey there, any news?", "thanks again!", "ask for the form", "cc everyone", "sent the events to kafka", "forward the logs to splunk", "hello world", "talk to jenkins first", "assigned to nobody",
    "ich sprach mit niemand darüber", "hallo zusammen, danke", "hier ist alles kaputt", "lg aus der zentrale", "parlé avec eux hier", "salut tout le monde", "hablé con alguien ayer", "hola, soy cliente", "parlato con tutti", "ciao a tutti", "falei com vocês agora", "hej, det är bråttom", "pratade med supporten",
    "det er vigtigt", "snakket med kundeservice", "hej tu problem", "cześć wszystkim", "ahoj všem", "Kundin hat gestern angerufen", "Niemand hat gestern angerufen", "Personne a appelé", "Support called back", "Kunden ringde igår", "Klient dzwonił rano", "Müşteri aradı", "Cliente ha llamado",
    "Order 12, 20245 Packed", "Version 3, 2024 Edition", "Kapitel 7, 10115 Wörter", "Sipariş No: 12 hazır", "the University of Technology", "the City of Angels", "Stadt von morgen", "Seite 4, 1200 Zeilen",
)  # fmt: skip
PLACES = (
    "Hjørring",
    "Paraguay",
    "Bredstedt",
    "Saint-Étienne",
    "Skopje",
    "Zaragoza",
    "Ljubljana",
    "Guatemala",
    "Aix-en-Provence",
    "Århus",
)
NO_PLACES = ("Billing", "Home", "Verified", "Redis", "Localhost", "Work", "Kafka", "primary", "node-1", "Pending")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All rules, no model."""
    return Engine(EngineConfig(model="none", time_budget_s=10.0))


def _covered(engine: Engine, text: str, key: str = "note") -> set[int]:
    findings = engine.batch([json.dumps({key: text}, ensure_ascii=False).encode()])[0].findings
    return {at for item in findings for at in range(item.start, item.end)}


@pytest.mark.parametrize("marked", SAID)
def test_names_and_addresses_are_found_whole(engine: Engine, marked: str) -> None:
    """By the words beside them, in small letters and over the end of a line."""
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    text = marked.replace("⟦", "").replace("⟧", "")
    assert {at for at in range(start, end) if text[at].isalnum()} <= _covered(engine, text)


@pytest.mark.parametrize("text", NOTHING)
def test_the_same_words_without_a_name_stay(engine: Engine, text: str) -> None:
    """Teams, tools, everybody and nobody, orders and chapters."""
    assert _covered(engine, text) == set()


@pytest.mark.parametrize("text", PLACES)
def test_a_town_under_a_key_of_addresses(engine: Engine, text: str) -> None:
    """One word in title case, or several joined by hyphens."""
    assert _covered(engine, text, "addr")


@pytest.mark.parametrize("text", NO_PLACES)
def test_what_is_no_town_under_a_key_of_addresses(engine: Engine, text: str) -> None:
    """Words of a dictionary, states, services and hosts."""
    assert not _covered(engine, text, "addr")
