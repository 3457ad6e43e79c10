"""Telephone numbers: with a country code, in national formats, and by key name."""

# ruff: noqa: E501  (words read best in full lines)

from __future__ import annotations

from itertools import pairwise

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_KEYS = words(
    "tel number, tel nr, telno, phone nbr, phone num, phoneno, ph, ph no, ph number, contact tel, mob",
    "mob no, mobno, cellphone number, phone cell, fone, fono, telf",
    "telefono fijo, numero movil, numero celular, gsm nummer, telefonszam, telefon nr, tel mobil, ani",
    "dnis, subscriber number, phone number e164, phone raw, callback number",
    "phone, phone number, phone no, phonenumber, telephone, telephone number, tel, tel no, mobile",
    "mobile number, mobile phone",
    "mobile no, cell, cell phone, cellphone, cell number, landline, home phone, work phone",
    "office phone, contact number",
    "contact phone, contact no, msisdn, fax, fax number, whatsapp, whatsapp number, sms, sms number, caller, caller id",
    "caller number, callee, called number, calling number, from number, to number, dialed number",
    "phone home, phone work",
    "emergency contact phone, day phone, evening phone, phone primary, primary phone, secondary phone, alternate phone",
    "telefon, telefonnummer, rufnummer, mobilnummer, handy, handynummer, mobiltelefon, festnetz",
    "telephone portable, portable, numero de telephone, num tel, telefono, numero de telefono, movil",
    "celular, telefono movil",
    "cellulare, numero di telefono, telemovel, numero de celular, telefone, numero de telefone",
    "telefoon, telefoonnummer, mobiel, mobiele nummer, gsm, numer telefonu, komorka, telefonnumer, mobil, puhelin",
    "puhelinnumero, matkapuhelin, tlf, mobiltelefonnummer, cep telefonu",
    "電話番号, 電話, 携帯, 手机, 手机号, 电话, 전화번호, телефон",
)


@detector
def phone_international() -> Rule:
    """https://www.itu.int/rec/T-REC-E.164"""
    return Rule(
        id="phone-international",
        entity="PHONE_NUMBER",
        label="Telephone number with a country code",
        pattern=(
            r"(?:^|[^\w+./-]|(?:tel|sms|fax|phone|whatsapp|call|mobile|ph|mob|cell)\.?[:=/-]?)"
            r"(?P<value>(?:\+|00(?:[ -]|[1-9]))[ ]?\(?\d{1,4}\)?(?:[ ().\x{2010}-\x{2014}\x{a0}/_-]{0,3}\d){6,13}"
            r"(?:[ ,;]{0,2}(?:x|ext\.?|#)[ .:]?\d{1,6})?)(?:$|[^\w+%]|[_T])"
        ),
        triggers=(
            r"(?:\+|%2[Bb])[ ]?\(?\d[^\x00-\x1f!-\x27*-,:-\x7f]{6}",
            r"\+\d{1,3}_\d",
            r"00[1-9][\d ().-]{7}\d",
        ),
        validate=checksums.international_phone,
        valid_score=0.95,
        keys=_KEYS,
        matches=(
            "⟦+1 212 555 0123⟧",
            "call ⟦+44 20 7946 0958⟧ now",
            "⟦+4915112345678⟧",
            "tel:⟦+33-1-99-00-12-34⟧",
            "⟦+55 (11) 91234-5678⟧",
            "⟦0049 30 901820⟧ anrufen",
            "Byrne,⟦+353 86 123 4567⟧,IE",
            "mobile ⟦+49_1511_2010424⟧",
        ),
        ignores=("a+1234567890123", "1.5e+10", "+00:00", "2024-01-01T10:00:00+0200", "+0.0000001234", "diff +120 -34"),
    )


@detector
def phone_national() -> Rule:
    """https://github.com/google/libphonenumber"""
    return Rule(
        id="phone-national",
        entity="PHONE_NUMBER",
        label="Telephone number as dialled at home",
        pattern=(
            r"(?:^|[^\w+.,/:=#$€£-]|[:=] ?)"
            r"(?P<value>(?:[178][ -])?\(?\d{2,5}\)?(?:[ ().\x{2010}-\x{2014}\x{a0}/-]{0,3}\d){5,11}(?:[ "
            r",;]{0,2}(?:x|ext\.?"
            r"|#)[ .:]?\d{1,6})?)"
            r"(?:$|[^\w+%/:-]|[.,;:!?](?:$|\s))"
        ),
        validate=checksums.national_phone,
        valid_score=0.8,
        needs_context=True,
        context=words(
            "कॉल, कॉल करें, फ़ोन, फोन, मोबाइल, नंबर, मोबाइल नंबर, फ़ोन नंबर, संपर्क, पर कॉल, اتصل, هاتف, هاتفي, رقم الهاتف, جوال, رقمي, موبايل, טלפון, נייד, התקשרו, להתקשר, מספר, تلفن, موبایل, شماره, تماس, โทร, เบอร์, เบอร์โทร, มือถือ, điện thoại, số điện thoại, gọi, sđt, telepon, hubungi, nomor hp, no hp, hp, tawagan, numero ko, 携帯, 携帯番号, お電話, 電話番号, 连络电话, 联系电话, 手机号, 手机, 打电话, 전화번호, 연락처, 휴대폰, 핸드폰, 전화",
            "позвоните, звоните, перезвоните, позвонить, мой номер, номер телефона, по номеру, телефону, мобильный, зателефонуйте, телефонуйте, мій номер, подзвоніть, τηλέφωνο, τηλ, τηλ., κινητό, καλέστε, πάρτε με, το κινητό μου, numaram, numara, numarası, ara, arayın, arayabilirsiniz, beni arayın, cep, cebim, cep telefonum, telefonum, telefon numaram, ulaşabilirsiniz",
            "soittaa, soittakaa, numeroni, puhelinnumero, puh., zavolejte, zavolat, volat, volejte, telefonní číslo, moje číslo, mobil:, zavolajte, telefónne číslo, číslo, hívjon, hívj, hívd, hívjatok, telefonszám, telefonszámom, számom, mobilom, sunați, suna, sunati, telefonul, numărul, numarul meu, nazovite, nazovi, zovite, broj, moj broj, pokličite, številka, обадете се, телефонът ми, номер",
            "bel me, bellen op, terugbellen, bereikbaar, mijn nummer, nummer, mobiel, telefoonnummer, telefoonnr, 06-nummer, zadzwoń, dzwońcie, oddzwonić, oddzwońcie, zadzwonić, proszę dzwonić, numer, mój numer, numer telefonu, komórka, kom., telefon:, ring, ringa, ringde, ringer, mitt nummer, mobilnummer, mobilen, telefonen, tlf., ring til, mit nummer, dit nummer, ringe, telefonnr.",
            "llámeme, llamarme, llamada, llamo, llama, mi número, número, mi móvil, mi celular, contactarme, telefonear, chiamami, chiamatemi, richiamare, richiamami, richiamate, mi chiami, numero, il mio numero, cell., recapito, me liga, liga, liguem, ligar para, ligação, meu número, meu celular, número de telefone, contacto, contato, telemóvel é",
            "handynummer, handynr, mobilnummer, rufnummer, telefonnr, tel.-nr, festnetz, festnetznummer, rückrufnummer, zurückrufen, rufen, rufe, ruf mich, anruf, angerufen, durchwahl, meine nummer, unter der nummer, rappeler, rappelez, rappelle, rappel, appelle, appelle-moi, appeler au, numéro, mon numéro, joignable, contacter, portable est, fixe, téléphoner",
            "phone number, telephone number, cellphone, mobile number, call me, call me on, call back, call us, calling, callback, reach, reach her, reach him, reachable, picks up, pick up, my number, number is, text, ring me, ring back, landline, whatsapp me, contact",
            "тел, тел., моб, 電話は, 電話番号は, 电话是",
            "電話：, 电话：, 전화는, 전화번호는, phone, telephone",
            "tel, mobile, cell, call",
            "called, caller, fax, text me, sms, whatsapp, dial",
            "ring, reach me, tél, tlf",
            "contact number, voicemail, telefon, telefonnummer, anrufen, ruf, handy, mobil",
            "erreichbar, rückruf",
            "téléphone, telephone, portable, appeler, appelez, joindre, teléfono, telefono, móvil, llamar",
            "llame, llámame",
            "cellulare, chiamare, chiama, telefone, telemóvel, celular, ligar, ligue, telefoon, bellen, bel",
            "telefonu, zadzwoń, dzwonić",
            "ring mig, telefonnummer, soita, puhelin,電話, 电话, 전화, телефон",
        ),
        context_score=0.8,
        keys=_KEYS,
        key_decides=True,
        key_pattern=r"[+(]?[\d(][\d\s().\x{2010}-\x{2014}/+*-]{4,28}\d(?:[ ,;]{0,2}(?:x|ext\.?|#)[ .:]?\d{1,6})?",
        numbers=True,
        matches=(
            "phone: ⟦020 7946 0958⟧",
            "Telefon: ⟦030 901820⟧",
            "mobile_number: ⟦5551234567⟧",
            "Please call me back at ⟦(212) 456-7890⟧ today",
            "phone: ⟦(212)456-7890 x123⟧",
        ),
        ignores=("order 20794609580", "call 3 functions", "phone: iPhone 15", "status: 200", "(2024) 456-7890"),
    )


_FORMS = (
    r"0[1-79][ .]\d\d[ .]\d\d[ .]\d\d[ .]\d\d",  # France
    r"01[567]\d{1,2}[ /-]{1,3}\d{3,4} ?\d{3,5}",  # Germany, mobile
    r"07\d{3} \d{3} ?\d{3}",  # United Kingdom, mobile
    r"0[2-9]\d \d{3} \d\d \d\d",  # Switzerland
    r"05\d\d \d{3} \d\d \d\d",  # Turkey, mobile
    r"\([1-9]\d\) ?9\d{4}-\d{4}",  # Brazil, mobile
    r"09\d\d[ -]\d{3}[ -]\d{4}",  # Philippines, mobile
    r"04\d\d \d{3} \d{3}",  # Australia, mobile
    r"07[02369]-\d{3} \d\d \d\d",  # Sweden, mobile
    r"06[ -]\d{8}",  # Netherlands, mobile
)


@detector
def phone_form() -> Rule:
    """https://www.itu.int/oth/T0202.aspx?parent=T0202"""
    return Rule(
        id="phone-national-form",
        entity="PHONE_NUMBER",
        label="Telephone number in the way in which one country writes it",
        pattern=rf"(?:^|[^\w+.,/:=#$€£-]|[:=])(?P<value>{'|'.join(_FORMS)})(?:$|[^\w\s+%/:.-]|[.,;:!?](?:$|\s)|\s(?:$|\D))",
        triggers=_FORMS,
        validate=checksums.national_phone,
        valid_score=0.7,
        matches=(
            "Pouvez-vous me rappeler au ⟦06 51 84 27 39⟧ ?",
            "f3: ⟦071 284 93 16⟧",
            "⟦0151 72839164⟧, bitte",
            "me liga no ⟦(11) 97461-2830⟧",
            "⟦0917 123 4567⟧",
        ),
        ignores=("v 06.51.84.27.39.1", "part 0151-72839164", "0151728391640", "06 51 84 27 39 12"),
    )


@detector
def phone_north_america() -> Rule:
    """https://nationalnanpa.com/about_us/abt_nanp.html"""
    return Rule(
        id="phone-north-america",
        entity="PHONE_NUMBER",
        label="Telephone number in North American punctuation",
        pattern=(
            r"(?:^|[^\w+.,/$-])(?P<value>(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}"
            r"(?:[ ,;]{0,2}(?:x|ext\.?|#)[ .:]?\d{1,6})?)(?:$|[^\w%/-]|[.,;:!?](?:$|\s))"
        ),
        triggers=(r"\([2-9]\d{2}\) ?[2-9]\d{2}[-. ]\d{4}", r"[2-9]\d{2}[-. ][2-9]\d{2}[-. ]\d{4}"),
        score=0.75,
        context=words("phone, tel, mobile, cell, call, fax, sms, text me, text us"),
        keys=_KEYS,
        matches=("⟦(212) 456-7890⟧", "dial ⟦212-456-7890⟧.", "cell ⟦415.555.2671⟧", "⟦1-800-356-9377⟧"),
        ignores=(
            "123-456-7890",
            "text: kit P/N 981-453-5283 from lot",
            "212-456-78901",
            "10.212.456.7890",
            "2212-456-7890",
            "212-456-7890-11",
        ),
        countries=("US", "CA"),
    )


@detector
def phone_link() -> Rule:
    """https://faq.whatsapp.com/5913398998672934"""
    return Rule(
        id="phone-link",
        entity="PHONE_NUMBER",
        label="Telephone number in a chat link",
        pattern=(
            r"(?i)(?:wa\.me/|whatsapp\.com/send/?\?phone=|signal\.me/#p/|t\.me/"
            r"|viber://chat\?number=)(?P<value>(?:\+|%2B)?\d{8,15})(?:$|\D)"
        ),
        triggers=(r"(?i)(?:wa\.me/|phone=|signal\.me/#p/|t\.me/|number=)(?:\+|%2B)?\d{8}",),
        score=0.9,
        matches=("https://wa.me/⟦12125550123⟧", "https://api.whatsapp.com/send?phone=⟦4915112345678⟧&text=x"),
        ignores=("https://wa.me/message/ABC", "https://t.me/s/123"),
    )


@detector
def phone_east_asian() -> Rule:
    """https://en.wikipedia.org/wiki/Telephone_numbers_in_Japan"""
    return Rule(
        id="phone-east-asian",
        entity="PHONE_NUMBER",
        label="Mobile number of Japan or Korea with its hyphens",
        pattern=r"(?:^|[^\w+./-])(?P<value>0[1789]0-\d{4}-\d{4})(?:$|[^\w-])",
        triggers=(r"0[1789]0-\d{4}-\d{4}",),
        score=0.75,
        countries=("JP", "KR"),
        matches=("携帯は⟦080-1234-5678⟧です", "call ⟦010-1234-5678⟧"),
        ignores=("010-1234-56789", "A010-1234-5678", "2010-1234-5678"),
    )


@detector
def phone_chinese() -> Rule:
    """https://en.wikipedia.org/wiki/Telephone_numbers_in_China"""
    return Rule(
        id="phone-chinese",
        entity="PHONE_NUMBER",
        label="Chinese mobile number behind a Chinese character",
        pattern=r"\p{Han}[：:，, ]{0,2}(?P<value>1[3-9]\d{9})(?:$|[^\w.-])",
        triggers=(r"[\x80-\xff][:, ]{0,2}1[3-9]\d{9}",),
        score=0.75,
        validate=checksums.national_phone,
        valid_score=0.8,
        countries=("CN",),
        matches=("客户的手机号是⟦13812345678⟧", "手机：⟦13812345678⟧，谢谢"),
        ignores=("手机 138123456789", "total 13812345678"),
    )


def _not_counting(text: str) -> bool:
    """Whether the digits do more than count up or down."""
    digits = [int(char) for char in text if char.isdigit()]
    return len({after - before for before, after in pairwise(digits)}) > 2


@detector
def phone_digit_by_digit() -> Rule:
    """https://github.com/google/libphonenumber"""
    return Rule(
        id="phone-digit-by-digit",
        entity="PHONE_NUMBER",
        label="Telephone number with a blank between all digits",
        pattern=r"(?:^|[^\w.,+-])(?P<value>\+?\d(?:[ -]\d){8,14})(?:$|[^\w-])",
        context=words(
            "phone, telephone, tel, mobile, cell, call, call me, text me, sms, whatsapp, ring, number is, dial"
        ),
        needs_context=True,
        context_score=0.8,
        validate=_not_counting,
        valid_score=0.8,
        matches=("phone ⟦2 0 1 4 6 9 6 6 8 1⟧", "call me: ⟦0-3-0-9-0-1-8-2-0-1⟧"),
        ignores=("2 0 1 4 6 9 6 6 8 1", "call 1 2 3", "call 1 2 3 4 5 6 7 8 9"),
    )
