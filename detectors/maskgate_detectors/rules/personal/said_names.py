"""Names by what is said of them or to them: in small letters behind verbs and greetings, or before a verb of calling.

Small letters say nothing, so the lists of names must know the word, and no dictionary.
"""
# ruff: noqa: E501  (words and patterns read best in full lines)

from __future__ import annotations

import re

from maskgate_detectors.freetext.famous import VENDORS
from maskgate_detectors.freetext.listed import is_dictionary_word, is_name_alone
from maskgate_detectors.freetext.smallwords import SMALL_WORDS
from maskgate_detectors.model.rule import Rule, detector

_TOOLS = VENDORS | frozenset(
    "cassandra athena thanos loki tempo argo hudson travis maven gatling consul nomad celery lucene tomcat hadoop hive "
    "presto trino dagster vault sidekiq puma unicorn bamboo grafana prometheus jaeger linkerd istio flink spark dash "
    "prod staging sandbox master main dev alexa siri cortana delta alpha gamma zeta sigma yarn bun deno vite gatsby "
    "hugo jekyll eleventy astro ember vercel neptune aurora redshift dynamo glacier snowball lambda rds sap sage odoo "
    "visa amex maestro klarna paypal swish vipps blik bizum zelle venmo chase barclays lloyds santander revolut monzo".split()
)
_SHORT = frozenset(  # what friends call each other, which lists of names leave out
    "mirek jurek zosia kasia basia gosia krysia jacek wojtek tomek bartek marek franek staszek radek darek grzesiek "
    "zbyszek jadzia hania ania olle kalle nisse pelle lasse bosse uffe nisse kerstin anki sussi lotta jonna tove kicki "
    "jens-ole bjarne preben jørn vips turid øyvind jocke micke krille fredde steffi uschi heinzi seppi toni resi vroni "
    "kläuschen rolfi hansi bärbel moni conny nacho paco pepe chema lupe pili charo concha quique rafa manolo lola "
    "zé chico tonho joãozinho nuno duda beto guga pino peppe gigi beppe mimmo titti nando ciccio jojo titi loulou "
    "fanfan juju bea jindra honza pepa jarda zdenda vojta maruška katka lenka jirka vašek juro miro feri laci pista "
    "zsuzsi kati jóska gyuri ionut sandu gigel mihaela titus mirjana goran joža ivica štef memo ibo fatoş hasan".split()
)
_SPEAKERS = frozenset(
    "kunde kundin kunden klient klientin klientka cliente client clienta nachbar nachbarin jemand niemand keiner kollege "
    "kollegin chef chefin mieter mieterin vermieter patient patientin anwalt polizei bank firma support hotline service "
    "lieferant lieferantin händler verkäufer käufer bruder schwester mutter vater mann frau sohn tochter oma opa ärztin "
    "arzt praxis kanzlei personne quelqu voisin voisine livreur banque fournisseur asiakas naapuri zákazník zákaznice "
    "klientka soused müşteri komşu ügyfél vevő szomszéd kupac klijent susjed kunden chefen nogen ingen någon grannen "
    "naboen ktoś nikt klientka sąsiad alguém ninguém vizinho alguien nadie vecino qualcuno nessuno vicino fornitore "
    "iemand niemand klant buurman leverancier cineva nimeni clientul vecinul empresa azienda bedrijf firmaet firman "
    "sonst dann danach gestern heute morgen wer er sie es man hij zij ze han hun hon hän il elle on ela ele lei lui".split()
)
_NO_NAME = re.compile(r"(?:ung|heit|keit|schaft|tion|ment|dienst|abteilung|service|team|amt)(?:en)?\Z", re.IGNORECASE)


def _small_name(text: str) -> bool:
    """Whether the lists know it as a name and as nothing else, and no tool is called so."""
    if text in _TOOLS or text in SMALL_WORDS:
        return False
    return text in _SHORT or is_name_alone(text)


def _caller(text: str) -> bool:
    """Whether it may be who called: no word of a dictionary, no pronoun, nobody by what they are."""
    low = text.casefold()
    if low in _SPEAKERS or low in SMALL_WORDS or low in VENDORS or _NO_NAME.search(text) is not None:
        return False
    return not is_dictionary_word(text)


_SPOKE = (
    r"(?:\p{L}{2,6},? )?(?:det är|det er|hier ist|hier is|met|c'est|soy|sono|sou|aqui é o|aqui é a|tu|jestem|tady|täällä|ici|ben|ovdje)|"
    r"(?:spoke|spoken|talked|chatted|met|speak|talk) (?:to|with)|(?:forward|forwards|forwarded|sent|send|sends|gave|give|wrote|write|reply|replied|escalated?|assigned?|transferred|handed|passed)(?: (?:it|this|that|them|the|a|an|her|his|my|our)(?: \w{2,15})?)? (?:over )?(?:to|by)"
    r"|(?:said|says|told|asked|ask|tell|called|emailed|texted|pinged|ping|cc|thanks|thank you|cheers|hi|hey|hello|dear|morning|regards|greetings|yours|love)|(?:message|call|letter|mail|email|note|reply|invoice) from"
    r"|(?:sprach|gesprochen|telefonierte|telefoniert|rede|reden) mit|(?:sagt|sagte|fragte|hallo|hi|servus|moin|gruß|grüße|lg|vg|liebe|lieber|danke)"
    r"|(?:parlé|parle|discuté) (?:à|avec)|(?:dit|bonjour|salut|coucou|merci|cher|chère)|(?:hablé|hablar|hablado) con|(?:dice|dijo|hola|gracias|querido|querida|saludos)"
    r"|(?:parlato|parlare) con|(?:ciao|grazie|caro|cara|saluti)|(?:falei|falar) com|(?:disse|oi|olá|obrigado|obrigada)"
    r"|(?:pratade|talade|tala|prata|snakket|snakkede|snakke|talte) med|(?:hej|hejsan|tja|tjena|hei|hallå|tack|tak|takk|mvh|hilsen|kära|käre|kjære|kære)"
    r"|(?:gesproken|praatte|praten) met|(?:hoi|groetjes|groeten|beste|bedankt)|(?:rozmawiałem|rozmawiałam|rozmawiać) z|(?:cześć|czesc|dzięki|witaj|hej tu|pozdrawiam)|(?:mluvil|mluvila|mluvit) s|(?:ahoj|čau|díky|szia|üdv|köszi|bok|selam|merhaba|salut|bună|moi|terve)"
)


@detector
def small_name() -> Rule:
    """https://schema.org/givenName"""
    return Rule(
        id="name-small-letters",
        entity="PERSON",
        label="Name in small letters behind a verb of speaking or a greeting",
        pattern=rf"(?:^|[^\p{{L}}\p{{N}}_@/.#-])(?i:{_SPOKE}),? (?P<value>\p{{Ll}}[\p{{Ll}}\p{{M}}]{{2,20}})(?:$|[^\p{{L}}\p{{N}}_@/\x2d])",
        triggers=(
            r"(?i)(?:spoke|spoken|talked|chatted|met|speak|talk) (?:to|with) [a-z]|(?:forward(?:s|ed)?|sen[dt]s?|gave|give|wrote|write|reply|replied|escalated?|assigned?|transferred|handed|passed) ",
            r"(?i)(?:said|says|told|asked?|tell|called|emailed|texted|pinged|ping|cc|thanks|thank you|cheers|hi|hey|hello|dear|morning|regards|greetings|yours|from),? [a-z]",
            r"(?i)(?:mit|sagte?|fragte|hallo|servus|moin|gr[^ ]{1,3}(?:e)?|lg|vg|liebe|lieber|danke|avec|[^ ]{1,2}|dit|bonjour|salut|coucou|merci|ch[^ ]{1,3}re?|con|dice|dijo|hola|gracias|querid[oa]|saludos),? [a-z\xc3-\xc5]",
            r"(?i)(?:ciao|grazie|car[oa]|saluti|com|disse|oi|ol[^ ]{1,2}|obrigad[oa]|med|hej|hejsan|tjena|tja|hei|hall[^ ]{1,2}|tack|takk?|mvh|hilsen|k[^ ]{1,2}r[ae]|kj[^ ]{1,2}re|det [^ ]{1,2}r|hier ist?|met|c'est|soy|sono|sou),? [a-z\xc3-\xc5]",
            r"(?i)(?:hoi|groetjes|groeten|beste|bedankt|tu|jestem|tady|[^ ]{1,2} |ben|ovdje|ici|cze[^ ]{2,4}|dzi[^ ]{1,2}ki|witaj|pozdrawiam|ahoj|[^ ]{1,3}au|szia|k[^ ]{1,2}szi|bok|selam|merhaba|moi|terve),? [a-z\xc3-\xc5]",
        ),
        validate=_small_name,
        valid_score=0.7,
        matches=(
            "spoke to ⟦saoirse⟧, she agrees",
            "hej det är ⟦ingegerd⟧, ring",
            "handed it over to ⟦nnamdi⟧",
            "hola, soy ⟦ximena⟧",
        ),
        ignores=("sent the logs to jenkins", "hi there", "talked to support", "det är klart", "assigned to @olle/x"),
    )


@detector
def caller_name() -> Rule:
    """https://schema.org/familyName"""
    return Rule(
        id="name-of-caller",
        entity="PERSON",
        label="Name at the start of a text before a verb of calling or writing",
        pattern=(
            r"^\s{0,3}(?P<value>\p{Lu}\p{Ll}[\p{L}'’-]{1,24}) (?:hat (?:\p{Ll}{2,12} ){0,3}(?:angerufen|geschrieben|zurückgerufen|gekündigt)|a (?:déjà |encore )?(?:rappelé|appelé|écrit|téléphoné)"
            r"|called (?:again|back|today|yesterday|about|twice)|rang (?:again|back|today|about)|phoned (?:again|back|today|about)|ha (?:llamado|escrito|chiamato|telefonato|scritto|richiamato)|ringde|ringte|ringede|ringer igjen"
            r"|ligou|telefonou|(?:za)?dzwoniła?|belde|heeft (?:\p{Ll}{2,12} ){0,2}gebeld|soitti|zavolala?|volala?|telefonovala?|aradı|yine aradı|hívott|telefonált|a sunat|je zvao|je nazvala)(?:$|[^\p{L}])"
        ),
        triggers=(
            r"(?:angerufen|geschrieben|gerufen|gek[^ ]{1,3}ndigt|appel[^ ]{1,2}|[^ ]{1,2}crit|t[^ ]{1,2}l[^ ]{1,2}phon[^ ]{1,2}|called|rang|phoned|llamado|escrito|chiamato|telefonato|scritto|richiamato)",
            r"(?:ringde|ringte|ringede|ringer|ligou|telefonou|dzwoni[^ ]{1,2}|belde|gebeld|soitti|volal|telefonoval|arad[^ ]{1,2}|h[^ ]{1,2}vott|telefon[^ ]{1,2}lt|a sunat|je zvao|je nazvala)",
        ),
        validate=_caller,
        valid_score=0.65,
        matches=(
            "⟦Oberhauser⟧ hat gestern angerufen",
            "⟦Delacourt⟧ a encore appelé",
            "⟦Tolliver⟧ called back",
            "⟦Bjerregaard⟧ ringte igen",
        ),
        ignores=(
            "Kunde hat angerufen",
            "Jemand hat wieder angerufen",
            "Support called back",
            "Personne a rappelé",
            "Hotline hat angerufen",
            "GitHub called back",
        ),
    )
