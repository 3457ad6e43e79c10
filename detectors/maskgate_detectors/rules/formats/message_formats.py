"""Personal data by its place in a message: vCard, iCalendar, LDAP, HL7 v2, X12, EDIFACT, SWIFT, airlines."""

from __future__ import annotations

from maskgate_detectors.freetext.listed import is_dictionary_word
from maskgate_detectors.model.rule import Rule, detector

_NO_PEOPLE = frozenset(
    "admin administrator administrators admins users user group groups domain computer computers server "
    "servers root ca authority authentication issuing intermediate global trust certificate certification "
    "class validation secure services service system builtin operators guests schema configuration sites "
    "policy test localhost room meeting team support office calendar bank hospital clinic gmbh ag ltd inc llc "
    "corp co sa bv plc kg department center centre university company group holding holdings security network "
    "networks internal external device devices client clients".split()
)


def _of_a_person(text: str) -> bool:
    """Whether none of the words is of a group, a machine, a company or a certificate, and not all of a dictionary."""
    words = [word.strip(".,'’\\") for word in text.replace("^", " ").split()]
    return not any(word.casefold() in _NO_PEOPLE for word in words) and not all(map(is_dictionary_word, words))


@detector
def vcard_name() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc6350#section-6.2"""
    return Rule(
        id="vcard-name",
        entity="PERSON",
        label="Name in a vCard",
        pattern=(
            r"(?i)(?:^|[\r\n])(?:item\d{1,2}\.)?(?:FN|N|NICKNAME|X-PHONETIC-(?:FIRST|LAST)-NAME)"
            r"(?:;[^:\r\n]{1,60})?:;{0,4}"
            r"(?P<value>[^;:\r\n][^\r\n]{0,118}[^;\r\n])"
        ),
        triggers=(r"(?i)BEGIN:VCARD",),
        near=("begin:vcard",),
        score=0.9,
        matches=("BEGIN:VCARD\nVERSION:3.0\nN:⟦Okafor;Amelia⟧;;;\nFN:⟦Amelia Okafor⟧\nEND:VCARD",),
        ignores=("N:Okafor;Amelia", "BEGIN:VEVENT\nN:1", "BEGIN:VCARD\nREV:20240101\nKIND:individual\nEND:VCARD"),
    )


@detector
def vcard_address() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc6350#section-6.3.1"""
    return Rule(
        id="vcard-address",
        entity="LOCATION",
        label="Address in a vCard",
        pattern=(
            r"(?i)(?:^|[\r\n])(?:item\d{1,2}\.)?(?:ADR|LABEL|GEO)(?:;[^:\r\n]{1,80})?:(?:geo:)?;{0,4}"
            r"(?P<value>[^;:\r\n][^\r\n]{1,200}[^;\r\n])"
        ),
        triggers=(r"(?i)BEGIN:VCARD",),
        near=("begin:vcard",),
        score=0.9,
        matches=("BEGIN:VCARD\nADR;TYPE=home:;;⟦12 High Road;Leeds;;LS1 4DY⟧;\nEND:VCARD",),
        ignores=("ADR;TYPE=home:;;12 High Road;Leeds", "BEGIN:VCARD\nADR:;;;;;;\nEND:VCARD"),
    )


@detector
def vcard_birthday() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc6350#section-6.2.5"""
    return Rule(
        id="vcard-birthday",
        entity="DATE_TIME",
        label="Birthday or anniversary in a vCard",
        pattern=r"(?i)(?:^|[\r\n])(?:BDAY|ANNIVERSARY)(?:;[^:\r\n]{1,60})?:(?P<value>[\d-]{4,10})",
        triggers=(r"(?i)(?:BDAY|ANNIVERSARY)[;:]",),
        score=0.9,
        matches=("BDAY:⟦1984-02-29⟧", "BDAY;VALUE=date:⟦19840229⟧"),
        ignores=("BDAY: unknown", "MYBDAY:1984-02-29"),
    )


@detector
def calendar_person() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc5545#section-3.2.2"""
    return Rule(
        id="calendar-person",
        entity="PERSON",
        label="Organizer or attendee in a calendar entry",
        pattern=(
            r"(?:^|[\r\n])(?:ORGANIZER|ATTENDEE|CONTACT)(?:;[^:\r\n]{1,80})?;CN=\"?"
            r"(?P<value>\p{Lu}[^\r\n\":;@]{1,60}[^\r\n\":;@ ])"
        ),
        triggers=(r"(?:ORGANIZER|ATTENDEE)[;:]",),
        validate=_of_a_person,
        valid_score=0.85,
        matches=(
            "ORGANIZER;CN=⟦Amelia Okafor⟧:mailto:x",
            'ATTENDEE;RSVP=TRUE;CN="⟦Åse Ørsted⟧";ROLE=CHAIR:mailto:x',
        ),
        ignores=("ORGANIZER:mailto:x", "ATTENDEE;CN=Meeting Room 4:mailto:x", "ATTENDEE;CN=me@example.org:mailto:x"),
    )


@detector
def distinguished_name() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc4514"""
    return Rule(
        id="distinguished-name-person",
        entity="PERSON",
        label="Name of a person in a distinguished name",
        pattern=(
            r"(?:^|[^\w])(?i:CN|GN|SN|displayName)="
            r"(?P<value>\p{Lu}[\p{L}\p{M}'’.-]{0,30}(?:\\?,? \p{Lu}[\p{L}\p{M}'’.-]{0,30}){1,3})"
            r" ?(?:,|/|\+|;|$|[\"'\]])"
        ),
        triggers=(r"(?i)(?:cn|gn|sn|displayname)=[^\x00-@\[-`{-\x7f]",),
        near=("ou=", "dc=", "o=", "c=", "uid="),
        validate=_of_a_person,
        valid_score=0.8,
        matches=("subject CN=⟦Amelia Okafor⟧, OU=HR, O=Acme", "cn=⟦Åse Ørsted⟧,ou=people,dc=example,dc=org"),
        ignores=(
            "CN=DigiCert Global Root G2, OU=www, O=DigiCert Inc",
            "CN=Domain Users,DC=corp",
            "CN=Web Signing, O=Acme",
            "CN=*.example.org, O=Acme",
            "cn=web01,dc=corp",
            "CN=Amelia Okafor",
        ),
    )


@detector
def distinguished_name_account() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc4519#section-2.39"""
    return Rule(
        id="distinguished-name-account",
        entity="USERNAME",
        label="Account in a distinguished name",
        pattern=r"(?i)(?:^|[^\w])uid=(?P<value>[a-z][a-z0-9._-]{1,40}),\s?(?:ou|cn|dc|o)=",
        triggers=(r"(?i)uid=[a-z][a-z0-9._-]{1,40},\s?(?:ou|cn|dc|o)=",),
        score=0.8,
        matches=("uid=⟦aokafor⟧,ou=people,dc=example,dc=org",),
        ignores=("uid=1000(app) gid=1000", "ou=people,dc=example", "uid=aokafor"),
    )


_HL7_SKIP = r"(?:[^|\r\n]*\|)"


@detector
def hl7_name() -> Rule:
    """https://hl7-definition.caristix.com/v2/HL7v2.5.1/Segments/PID"""
    return Rule(
        id="hl7-name",
        entity="PERSON",
        label="Name in an HL7 v2 segment",
        pattern=(
            rf"(?:PID\|{_HL7_SKIP}{{4}}|NK1\|{_HL7_SKIP}{{1}}|GT1\|{_HL7_SKIP}{{2}}|IN1\|{_HL7_SKIP}{{15}}"
            rf"|MRG\|{_HL7_SKIP}{{6}})"
            r"(?P<value>[^|\r\n^~&\\][^|\r\n]{0,118}[^|\r\n^~&])[\^~&]{0,8}(?:[|\r\n]|$)"
        ),
        triggers=(r"(?:PID|NK1|GT1|IN1|MRG)\|",),
        score=0.9,
        matches=(
            "PID|1||123^^^H^MR||⟦OKAFOR^AMELIA^J⟧^^|MAIDEN|19840229|F",
            "NK1|1|⟦OKAFOR^BEN⟧|SPO",
        ),
        ignores=("PID|1||", "OBX|1|NM|8867-4^Heart rate^LN||72", "the PID is 12"),
    )


@detector
def hl7_birth() -> Rule:
    """https://hl7-definition.caristix.com/v2/HL7v2.5.1/Fields/PID.7"""
    return Rule(
        id="hl7-birth",
        entity="DATE_TIME",
        label="Date of birth in an HL7 v2 segment",
        pattern=rf"(?:PID\|{_HL7_SKIP}{{6}}|GT1\|{_HL7_SKIP}{{7}}|IN1\|{_HL7_SKIP}{{17}}|NK1\|{_HL7_SKIP}{{15}})"
        r"(?P<value>\d{8})\d{0,6}(?:[|\r\n]|$)",
        triggers=(r"(?:PID|NK1|GT1|IN1)\|",),
        score=0.9,
        matches=("PID|1||123||OKAFOR^AMELIA||⟦19840229⟧|F",),
        ignores=("PID|1||123||OKAFOR^AMELIA|||F", "OBX|1|||||20240101|F"),
    )


@detector
def hl7_address() -> Rule:
    """https://hl7-definition.caristix.com/v2/HL7v2.5.1/Fields/PID.11"""
    return Rule(
        id="hl7-address",
        entity="LOCATION",
        label="Address in an HL7 v2 segment",
        pattern=(
            rf"(?:PID\|{_HL7_SKIP}{{10}}|NK1\|{_HL7_SKIP}{{3}}|GT1\|{_HL7_SKIP}{{4}}|IN1\|{_HL7_SKIP}{{18}})"
            r"(?P<value>[^|\r\n^~&\\][^|\r\n]{0,198}[^|\r\n^~&])[\^~&]{0,8}(?:[|\r\n]|$)"
        ),
        triggers=(r"(?:PID|NK1|GT1|IN1)\|",),
        score=0.9,
        matches=("PID|1||123||OKAFOR^AMELIA||19840229|F|||⟦12 High Rd^^Leeds^^LS1⟧|",),
        ignores=("PID|1||123||OKAFOR^AMELIA||19840229|F|||",),
    )


@detector
def hl7_phone() -> Rule:
    """https://hl7-definition.caristix.com/v2/HL7v2.5.1/Fields/PID.13"""
    return Rule(
        id="hl7-phone",
        entity="PHONE_NUMBER",
        label="Telephone number in an HL7 v2 segment",
        pattern=(
            rf"(?:PID\|{_HL7_SKIP}{{12,13}}|NK1\|{_HL7_SKIP}{{4,5}}|GT1\|{_HL7_SKIP}{{5,6}})"
            r"(?P<value>[+(]?\d[\d() .+/-]{4,24}\d)[\^~A-Z]{0,20}(?:[|\r\n]|$)"
        ),
        triggers=(r"(?:PID|NK1|GT1)\|",),
        score=0.9,
        matches=("PID|1||123||OKAFOR^AMELIA||19840229|F|||12 High Rd^^Leeds||⟦(113) 555-0100⟧^PRN|",),
        ignores=("PID|1||123||OKAFOR^AMELIA||19840229|F",),
    )


@detector
def hl7_patient_number() -> Rule:
    """https://hl7-definition.caristix.com/v2/HL7v2.5.1/Fields/PID.3"""
    return Rule(
        id="hl7-patient-number",
        entity="MEDICAL_RECORD_NUMBER",
        label="Number of a patient in an HL7 v2 segment",
        pattern=rf"PID\|(?:{_HL7_SKIP}{{1,3}}|{_HL7_SKIP}{{17}})(?P<value>[A-Z]{{0,6}}\d[A-Z\d-]{{3,20}})[|^\r\n]",
        triggers=(r"PID\|",),
        score=0.9,
        matches=("PID|1||⟦MRN0012345⟧^^^H^MR||OKAFOR^AMELIA",),
        ignores=("PID|1||||OKAFOR^AMELIA", "PID 12345678"),
    )


@detector
def x12_name() -> Rule:
    """https://x12.org/codes"""
    return Rule(
        id="x12-name",
        entity="PERSON",
        label="Person in an X12 message",
        pattern=r"NM1\*[A-Z0-9]{2,3}\*1\*(?P<value>[^*~\r\n]{1,60}(?:\*[^*~\r\n]{1,35}){0,2})",
        triggers=(r"NM1\*[A-Z0-9]{2,3}\*1\*",),
        score=0.9,
        matches=("NM1*IL*1*⟦OKAFOR*AMELIA*J⟧***MI*W12345~",),
        ignores=("NM1*PR*2*ACME INSURANCE*****PI*12345~", "N1*ST*STORE 12~"),
    )


@detector
def x12_address() -> Rule:
    """https://x12.org/codes"""
    return Rule(
        id="x12-address",
        entity="LOCATION",
        label="Address behind a person in an X12 message",
        pattern=r"~\s{0,2}(?:N3|N4)\*(?P<value>[^*~\r\n]{2,60}(?:\*[^*~\r\n]{1,35}){0,2})",
        triggers=(r"~(?:\r|\n|\\[rn]){0,2}N[34]\*",),
        near=("nm1*",),
        score=0.8,
        matches=("NM1*IL*1*A~N3*⟦12 HIGH ROAD⟧~N4*⟦SPRINGFIELD*IL*62704⟧~",),
        ignores=("ST*850*0001~N3*12 HIGH ROAD~",),
    )


@detector
def x12_birth() -> Rule:
    """https://x12.org/codes"""
    return Rule(
        id="x12-birth",
        entity="DATE_TIME",
        label="Date of birth in an X12 message",
        pattern=r"DMG\*D8\*(?P<value>\d{8})",
        triggers=(r"DMG\*D8\*\d{8}",),
        score=0.9,
        matches=("DMG*D8*⟦19840229⟧*F~",),
        ignores=("DTP*472*D8*20240101~",),
    )


@detector
def edifact_party() -> Rule:
    """https://service.unece.org/trade/untdid/d00a/trsd/trsdnad.htm"""
    return Rule(
        id="edifact-party",
        entity="PERSON",
        label="Name and address of a party in an EDIFACT message",
        pattern=(
            r"NAD\+[A-Z]{2,3}\+[^+'\r\n]{0,60}\+[^+'\r\n]{0,140}\+(?P<value>[^+'\r\n]{2,120}(?:\+[^+'\r\n]{0,120}"
            r"){0,5})"
        ),
        triggers=(r"NAD\+[A-Z]{2,3}\+",),
        score=0.8,
        matches=("UNH+1'NAD+BY+++⟦AMELIA OKAFOR+12 HIGH ROAD+LEEDS++LS14DY+GB⟧'UNT",),
        ignores=("NAD+SU+4012345500004::9'", "BGM+220+128576+9'"),
    )


@detector
def edifact_contact() -> Rule:
    """https://service.unece.org/trade/untdid/d00a/trsd/trsdcta.htm"""
    return Rule(
        id="edifact-contact",
        entity="PERSON",
        label="Contact person in an EDIFACT message",
        pattern=r"CTA\+[A-Z]{2,3}\+[^:+'\r\n]{0,40}:(?P<value>\p{L}[\p{L}\p{M} .-]{2,60})",
        triggers=(r"CTA\+[A-Z]{2,3}\+",),
        score=0.8,
        matches=("CTA+OC+:⟦AMELIA OKAFOR⟧'COM+x:EM'",),
        ignores=("CTA+IC'",),
    )


@detector
def edifact_phone() -> Rule:
    """https://service.unece.org/trade/untdid/d00a/trsd/trsdcom.htm"""
    return Rule(
        id="edifact-phone",
        entity="PHONE_NUMBER",
        label="Telephone number in an EDIFACT message",
        pattern=r"COM\+(?P<value>[+(]?\d[\d() .+/-]{5,24}\d):(?:TE|FX|AL)",
        triggers=(r"COM\+[+(]?\d[\d() .+/-]{5,24}\d:(?:TE|FX|AL)",),
        score=0.9,
        matches=("COM+⟦441135550100⟧:TE'",),
        ignores=("COM+x@example:EM'",),
    )


@detector
def swift_party() -> Rule:
    """https://www.swift.com/standards/data-standards/mt"""
    return Rule(
        id="swift-party",
        entity="PERSON",
        label="Name and address of a customer in a SWIFT message",
        pattern=(
            r"(?:(?:50|59)[AFK]?:(?:/[A-Z0-9]{5,34})?[\r\n]{0,2}|(?:^|[\r\n])/[A-Z]{2}\d{2}[A-Z0-9]{10,30}[\r\n]{1,2})"
            r"(?P<value>(?:1/)?\p{Lu}[\p{Lu}\p{L}\p{M} .'’-]{2,34}(?:[\r\n]{1,2}[^\r\n:/]{2,35}){0,3})"
        ),
        triggers=(r"(?:50|59)[AFK]?:", r"/[A-Z]{2}\d{2}[A-Z0-9]{10,30}(?:[\r\n]|\\[rn])"),
        score=0.8,
        matches=(
            ":50K:/GB82WEST12345698765432\n⟦AMELIA OKAFOR\n12 HIGH ROAD\nLEEDS⟧\n:59:x",
            "/GB82WEST12345698765432\n⟦AMELIA OKAFOR⟧",
        ),
        ignores=(":20:REF12345", "ratio 50:12", "/GB82WEST12345698765432", "at 10:59:07 the"),
    )


@detector
def passenger_document() -> Rule:
    """https://guides.developer.iata.org/docs/ssr"""
    return Rule(
        id="passenger-document",
        entity="PASSPORT",
        label="Travel document, birth date and name of a passenger in an airline message",
        pattern=r"DOC[SOA] ?(?:[A-Z0-9]{2} )?HK\d?/?(?P<value>[PIVAFC]?[A-Z]?/[A-Z0-9/<\- ]{10,140}[A-Z0-9])",
        triggers=(r"DOC[SOA] ?(?:[A-Z0-9]{2} )?HK\d?/",),
        score=0.9,
        matches=("SSR DOCS YY HK1/⟦P/GBR/925076473/GBR/29FEB84/F/31MAY31/OKAFOR/AMELIA⟧",),
        ignores=("DOCS HK1", "DOCS: see /docs/index"),
    )


@detector
def machine_readable_zone() -> Rule:
    """https://www.icao.int/publications/pages/publication.aspx?docnum=9303"""
    return Rule(
        id="machine-readable-zone",
        entity="PASSPORT",
        label="Machine readable line of a passport, visa or identity card",
        pattern=(
            r"(?:^|[^A-Z0-9<])(?P<value>[PVIAC][A-Z<][A-Z]{1,3}<{0,2}[A-Z]{1,38}<{1,2}[A-Z<]{4,40}"
            r"|[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,16}\d?)(?:$|[^A-Z0-9<])"
        ),
        triggers=(r"[A-Z]<<[A-Z<]{3}", r"\d[A-Z<]{3}\d{7}[MFX<]\d{7}"),
        score=0.9,
        matches=(
            "⟦P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<⟧",
            "line 2 ⟦L898902C36UTO7408122F1204159ZE184226B<<<<<10⟧",
        ),
        ignores=("vector<<int> A<<B", "A<<B<<C", "cout<<X<<Y"),
    )


@detector
def boarding_pass() -> Rule:
    """https://www.iata.org/en/programs/passenger/common-use/"""
    return Rule(
        id="boarding-pass",
        entity="PERSON",
        label="Name in the bar code of a boarding pass",
        pattern=r"(?:^|[^A-Z0-9])M[1-4](?P<value>[A-Z]{2,19}/[A-Z]{1,18}(?: (?:MR|MRS|MS"
        r"|MISS))?) {1,17}E[A-Z0-9]{5,7}",
        triggers=(r"M[1-4][A-Z]{2,19}/[A-Z]",),
        score=0.9,
        matches=("M1⟦OKAFOR/AMELIA⟧ EABC123 LHRJFKBA 0117 012Y",),
        ignores=("M1/A E12345", "GET M1FOO/BAR"),
    )


@detector
def bank_statement_party() -> Rule:
    """https://www.swift.com/standards/data-standards/mt"""
    return Rule(
        id="bank-statement-party",
        entity="PERSON",
        label="Name of a party in a bank statement",
        pattern=r"(?:/NAME/|\?32|/BENM//NAME/|/ORDP//NAME/)(?P<value>\p{L}[^/?\r\n]{2,70})",
        triggers=(r"/NAME/[^\x00-@]", r"\?3[0-3][^?]{2,70}\?32[^\x00-@]"),
        near=("/name/", ":86:"),
        score=0.8,
        matches=(":86:/NAME/⟦AMELIA OKAFOR⟧/IBAN/x/REMI/rent",),
        ignores=("GET /name/1/x", "path /NAME/"),
    )
