"""What stands in a template where no name stands: products, times, identifiers, complaints."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from training import lookalikes

HERE = Path(__file__).parent

BRANDS = (
    "Samsung Apple Sony Dell Lenovo Nike Adidas Puma Bosch Siemens Philips Canon Nikon Toyota Ford Honda Tesla BMW Audi Volvo Ferrari Porsche Chevrolet "
    "Mercedes Peugeot Renault Skoda Fiat Hyundai Kia Nestlé Danone Lindt Milka Ikea Lego Mattel Nintendo Xiaomi Huawei Garmin Fitbit Casio Rolex Omega "
    "Zara Gucci Prada Versace Armani Levi's Walmart Costco Target Tesco Lidl Aldi Starbucks Subway Wendy's Domino's Netflix Spotify Hulu Disney Pixar "
    "Uber Lyft Airbnb Google Amazon Microsoft Oracle Intel Nvidia AMD Cisco IBM SAP Adobe Salesforce Zoom Slack Lufthansa Ryanair Delta KLM Emirates Macys Macy's Sears Kohl's Denny's Chipotle Sephora Mango Esprit Hermès Chanel Dior Burberry Bentley Lincoln Chrysler Dodge Jaguar Lexus Subaru Wells-Fargo Barclays HSBC Santander Allianz Chase Citi Visa Mastercard PayPal Venmo Stripe Twitter Facebook Instagram TikTok Reddit Tumblr Dyson Miele Whirlpool Makita Stihl"
).split()  # fmt: skip
PRODUCTS = (
    "iPhone|Galaxy S24|PlayStation|Xbox|MacBook Air|ThinkPad|Kindle|Windows|Office|Outlook|Excel|Photoshop|Chrome|Firefox|Safari|Edge|Postgres|MySQL|Redis|Kafka|"
    "Docker|Kubernetes|Jenkins|Grafana|Prometheus|Terraform|Ansible|Jira|Confluence|GitHub|GitLab|Slack|Teams|Zoom|Dropbox|Trello|Notion|Figma|Salesforce|Zendesk|"
    "Alexa|Siri|Cortana|Bixby|Watson|Einstein Analytics|Copilot|Claude|Gemini|Hadoop|Spark|Cassandra|Elasticsearch|Debian|Ubuntu|Fedora|Apache|Tomcat|Django|Rails|"
    "Focus|Civic|Corolla|Golf|Polo|Passat|Model 3|Mustang|Malibu|Sonata|Santa Fe|Tucson|Dakota|Silverado|Air Max|Stan Smith|Chuck Taylor|Air Jordan|Birkin|Kelly bag|"
    "Surface Pro|Echo Dot|Apple Watch|AirPods|Nest|Roomba|Thermomix|Vespa|Zephyr|Orion|Apollo|Atlas|Phoenix|Titan|Falcon|Aurora|Nova|Vega|Pixel 8|Galaxy Tab"
).split("|")
TEAMS = (
    "Chicago Bulls|Boston Celtics|New York Yankees|Dallas Cowboys|Manchester United|Manchester City|Real Madrid|Bayern München|Borussia Dortmund|Paris Saint-Germain|"
    "Juventus|AC Milan|Inter Milan|Chelsea|Arsenal|Liverpool|Everton|Ajax|Lakers|Warriors|Red Sox|Giants|Steelers|Packers|Patriots|Eagles|Rangers|Celtic|Knicks|"
    "Toronto Raptors|Montreal Canadiens|LA Galaxy|Utah Jazz|Miami Heat|Orlando Magic|Green Bay Packers|Texas Longhorns|Ohio State|Bulls|Heat|Spurs|Saints|Bills|Kings"
).split("|")
LANGS = "English German French Spanish Italian Portuguese Dutch Polish Russian Turkish Arabic Hindi Chinese Japanese Korean Swedish Danish Greek Czech Hungarian Finnish Vietnamese Indonesian Python Java Go Rust Kotlin".split()
NATS = "American British German French Spanish Italian Polish Turkish Indian Chinese Japanese Korean Nigerian Kenyan Brazilian Mexican Canadian Australian Swedish Dutch Greek Russian Ukrainian Vietnamese Egyptian Swiss Irish Scottish European African Asian".split()
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
DEPTS = "sales marketing finance legal HR support engineering operations logistics procurement platform security QA design data billing payroll facilities".split()
DRUGS = "ibuprofen paracetamol amoxicillin metformin lisinopril atorvastatin omeprazole sertraline prednisone insulin warfarin aspirin levothyroxine gabapentin Xanax Prozac Zoloft Lipitor Viagra Tylenol Advil".split()
SYMPTOMS = "chest pain|fever|headache|migraine|shortness of breath|back pain|nausea|dizziness|fatigue|anxiety|insomnia|a rash|hypertension|diabetes|asthma|a sore throat|abdominal pain|a broken wrist|knee pain|COPD".split(
    "|"
)
COURSES = "Algebra II|Biology|Chemistry|World History|Physics 101|English Literature|Economics|Statistics|Philosophy|Latin|Machine Learning|Anatomy|Art History|Calculus|European Studies|Geography".split(
    "|"
)
SHOWS = "Game of Thrones|The Office|Friends|Breaking Bad|Stranger Things|The Simpsons|Harry Potter|Star Wars|Glee|Lost|Will & Grace|Grey's Anatomy|House|Fargo|Dallas|Vikings|Dexter|Monk|Frasier|Seinfeld|The Voice|Twilight|Toy Story|Shrek|Titanic|Casablanca|Chicago|Hamilton|Big Brother|X Factor|American Idol".split(
    "|"
)
EVENTS = "Champions League|World Cup|Super Bowl|playoffs|final|Premier League|Olympics|Stanley Cup|Rose Bowl|Europa League|derby|quarter final".split(
    "|"
)
HOTELS = (
    "Hilton|Marriott|Holiday Inn|Ritz|Sheraton|Best Western|Ibis|Radisson|Motel 6|Grand Hotel|Four Seasons|Hyatt".split(
        "|"
    )
)
COLORS = "black white red blue green grey navy pink purple brown olive beige amber jade scarlet".split()
BODY = "knee ankle wrist shoulder back neck hip elbow hand head".split()
EMOJI = "😂 ❤️ 😍 🙏 🔥 😭 👍 🎉 😡 🤔 💯 😎 ✨ 🚀 :) :( ;) :D <3 xD :/".split()
HASHTAGS = "#fail #win #love #nowplaying #FF #news #jobs #travel #monday #throwback #ThrowbackThursday #MUFC #Oscars #WorldCup #tbt #NYC #London #Paris #Brexit #winning #blessed #foodporn #music #startup #AI #kafka #devops #gaming #nofilter #ParisFashionWeek #JordanYear #BostonStrong".split()
SERVICES = "auth billing checkout payment user order cart search index session token profile mail export import report audit gateway scheduler worker cache queue stream kafka consumer producer ledger invoice geo avatar feed graph".split()
PARTS = "service handler manager client worker controller repo factory parser loader writer mapper filter helper config util cache router job task event listener id name key value count index size status state flag".split()
ISSUES = (
    "the {product} app crashes on startup|the password reset link does not work|the invoice shows the wrong amount|the parcel never arrived|my order {id} is missing two items|"
    "the printer on the third floor is out of toner|nobody answers the phone|the {brand} dishwasher leaks|the refund of {amount} is still pending|the login page returns error {n}|"
    "the subscription was charged twice|the meeting room is double booked|the delivery is delayed until {day}|the export takes more than {n} minutes|the contract expires in {month}|"
    "VPN drops every {n} minutes|the new laptop has not been delivered|the warranty for the {brand} expired in {month}|the heating is broken since {day}|the dashboard shows no data|"
    "the update to {version} broke the search|the coupon {id} is not accepted|two-factor authentication fails on {product}|the shipment was damaged|the price went up in {month}|"
    "the server {host} is not reachable|the {product} licence needs to be renewed|the attachment cannot be opened|the seat reservation was lost|the child seat is missing|"
    "the report for {month} is incomplete|the data was imported twice|the appointment has to be moved to {day}|the bank rejected the transfer|the water meter was not read|"
    "the noise at night is unbearable|the elevator is stuck again|the key card no longer works|the tests fail on {lang}|the queue is full since {time}|the disk is almost full|"
    "the customer wants to cancel|the connection was reset by peer|a timeout occurred after {n} seconds|permission denied|no such file or directory|unexpected end of input|"
    "the certificate expires in {n} days|memory usage is above {n}%|the index is out of range|invalid credentials|the user is not allowed to do this|the value must not be null|"
    "we need more {obj}|the {obj} is broken|I lost my {obj}|there is a problem with the {obj}|the {obj} does not fit the {obj}|it was charged to the wrong account|"
    "the new {obj} should be ready by {day}|nothing has changed since {month}|everything works again|the {dept} team is looking into it|we will ship {product} {version} on {day}|"
    "the battery only lasts {n} hours|I never received a confirmation|the agent was very rude|the food was cold|the bus was {n} minutes late|the {adj} {obj} is out of stock"
).split("|")
ISSUES_DE = (
    "die Rechnung ist falsch|das Paket ist nicht angekommen|der Drucker geht nicht|die Heizung ist seit {day_de} kaputt|ich komme nicht mehr in mein Konto|der Vertrag läuft im {month_de} aus|"
    "die Lieferung verzögert sich|ich möchte kündigen|der Termin muss verschoben werden|das Passwort wurde zurückgesetzt|die Erstattung von {amount} fehlt noch|das Gerät ist defekt|"
    "der Server ist nicht erreichbar|wir brauchen mehr Zeit|die Versicherung hat nicht gezahlt|der Schlüssel passt nicht|das Update hat nichts gebracht|es gibt ein Problem mit der Bestellung {id}|die Bank hat die Überweisung abgelehnt|der Aufzug steckt fest"
).split("|")
ISSUES_FR = (
    "la facture est fausse|le colis n'est pas arrivé|l'imprimante ne marche pas|le chauffage est en panne depuis {day_fr}|je n'ai plus accès à mon compte|le contrat expire en {month_fr}|"
    "la livraison est en retard|je souhaite résilier|le rendez-vous doit être déplacé|le mot de passe a été changé|le remboursement de {amount} manque|l'appareil est défectueux|"
    "le serveur ne répond pas|il y a un problème avec la commande {id}|la banque a refusé le virement|la clé ne fonctionne plus|l'ascenseur est bloqué|personne ne répond au téléphone"
).split("|")
ISSUES_ES = (
    "la factura está mal|el paquete no ha llegado|la impresora no funciona|la calefacción está rota desde el {day_es}|no puedo entrar en mi cuenta|el contrato vence en {month_es}|"
    "la entrega se retrasa|quiero cancelar|hay que cambiar la cita|se cambió la contraseña|falta el reembolso de {amount}|el aparato está defectuoso|"
    "el servidor no responde|hay un problema con el pedido {id}|el banco rechazó la transferencia|la llave no funciona|el ascensor está parado|nadie contesta el teléfono"
).split("|")
ISSUES_X = "il pacco non è arrivato.|a encomenda não chegou.|het pakket is niet aangekomen.|paketet har inte kommit.|paczka nie dotarła.|paket gelmedi.|посылка не пришла.|ordine {id}|pedido {id}|order {id}|{id}".split(
    "|"
)
MONTHS_X = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}
DAYS_X = {
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "es": "lunes martes miércoles jueves viernes sábado domingo".split(),
}
HELLOS = "こんにちは 您好 你好 안녕하세요 مرحبا שלום Здравствуйте Γεια สวัสดี नमस्ते Привет გამარჯობა".split()
EXCEPTIONS = "NullPointerException ValueError KeyError TimeoutError IOException RuntimeError IndexError ConnectionError AssertionError OutOfMemoryError".split()


@cache
def _words(kind: str) -> list[str]:
    """Return common words of one part of speech: those that WordNet tags often."""
    out = []
    for line in Path(f"/usr/share/wordnet/index.{kind}").read_text().splitlines():
        fields = line.split(" ")
        if fields[0].isalpha() and len(fields[0]) > 2 and int(fields[2]) >= (3 if kind == "noun" else 2):
            out.append(fields[0])
    return out


@cache
def _verbs() -> list[str]:
    """Return verbs, rare ones too: after a name they must not look like a surname."""
    lines = Path("/usr/share/wordnet/index.verb").read_text().splitlines()
    return [lemma for line in lines if (lemma := line.split(" ", 1)[0]).isalpha() and 2 < len(lemma) < 12]


def verb3(r: random.Random) -> str:
    """Return a verb in the third person or the past."""
    lemma = r.choice(_verbs() if r.random() < 0.5 else _words("verb"))
    if r.random() < 0.4:
        return lemma + ("d" if lemma.endswith("e") else "ed")
    if lemma.endswith(("s", "x", "z", "ch", "sh")):
        return lemma + "es"
    return lemma[:-1] + "ies" if lemma.endswith("y") and lemma[-2] not in "aeiou" else lemma + "s"


_ONSETS = (
    "b br c ch cl d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sh sk sl sp st t th tr v vl w x y z".split()
)
_VOWELS = "a e i o u a e i o ai ee ea io ia oo ou y".split()
_CODAS = ["", "", "", "n", "r", "l", "s", "x", "t", "m", "ck", "nt", "rd", "ss", "sk"]
_TAILS = [
    "ify",
    "ly",
    "io",
    "ix",
    "eon",
    "ora",
    "ium",
    "ant",
    "ex",
    "ify",
    "ista",
    "one",
    "eo",
    "oo",
    "us",
    "ana",
    "ery",
    "eri",
    "uo",
    "ar",
    "os",
]


def coined(r: random.Random) -> str:
    """Return a made-up name of a product or firm."""
    word = "".join(r.choice(_ONSETS) + r.choice(_VOWELS) + r.choice(_CODAS) for _ in range(r.choice((1, 1, 2))))
    return (word + r.choice(_TAILS) if r.random() < 0.6 else word).capitalize()


def ident(r: random.Random) -> str:
    """Return a code identifier in one of the usual styles."""
    words = [r.choice(SERVICES), r.choice(PARTS), r.choice(SERVICES + PARTS)][: r.choice((1, 2, 2, 3))]
    style = r.randrange(7)
    camel = words[0] + "".join(w.title() for w in words[1:])
    if style == 0:
        return "_".join(words)
    if style == 1:
        return camel
    if style == 2:
        return camel[0].upper() + camel[1:]
    if style == 3:
        return "-".join(words)
    if style == 4:
        return ".".join(words)
    return "_".join(words).upper() if style == 5 else camel + "()"


def code(r: random.Random) -> str:
    """Return an opaque identifier."""
    kind = r.randrange(6)
    if kind == 0:
        return f"{r.choice('ABCDEFGHJKLMNPRSTUVWXYZ')}{r.choice('ABCDEFGHJKLM')}-{r.randrange(100, 99999)}"
    if kind == 1:
        return f"{r.getrandbits(28):07x}"
    if kind == 2:
        return f"#{r.randrange(1000, 999999)}"
    if kind == 3:
        return f"{r.choice(('INC', 'REQ', 'TKT', 'ORD', 'INV', 'CASE', 'JIRA', 'OPS', 'SR'))}{r.choice(('', '-', '#'))}{r.randrange(100, 9999999)}"
    return (
        str(r.randrange(10_000, 99_999_999))
        if kind == 4
        else f"{r.choice('ABCDEFGH')}{r.randrange(10, 999)}{r.choice('XYZ')}"
    )


def host(r: random.Random) -> str:
    """Return a host name or address."""
    kind = r.randrange(4)
    if kind == 0:
        return f"{r.choice(SERVICES)}-{r.randrange(1, 40):02d}.{r.choice(('prod', 'staging', 'dev', 'eu-west-1', 'internal'))}.example.{r.choice(('com', 'net', 'org'))}"
    if kind == 1:
        return ip(r)
    return f"{r.choice(('srv', 'db', 'web', 'node', 'kafka', 'paris', 'berlin', 'zeus', 'athena', 'apollo'))}{r.choice(('', '-'))}{r.randrange(1, 99)}"


def ip(r: random.Random) -> str:
    """Return an IPv4 address."""
    return ".".join(str(r.randrange(1, 255)) for _ in range(4))


def iban(r: random.Random) -> str:
    """Return something like an IBAN."""
    body = f"{r.choice(('DE', 'GB', 'FR', 'ES', 'NL', 'IT', 'AT', 'CH', 'PL'))}{r.randrange(10, 99)}{''.join(r.choice('0123456789ABCDEFGHJKLMNPRST' if i < 4 else '0123456789') for i in range(18))}"
    return body if r.random() < 0.6 else " ".join(body[i : i + 4] for i in range(0, len(body), 4))


def bic(r: random.Random) -> str:
    """Return something like a BIC."""
    return "".join(r.choice("ABCDEFGHIKLMNOPRSTUVW") for _ in range(6)) + r.choice(("XX", "FFXXX", "2L", "33"))


def date(r: random.Random) -> str:
    """Return a date in one of many notations."""
    y, m, d = r.randrange(1950, 2030), r.randrange(1, 13), r.randrange(1, 29)
    month = MONTHS[m - 1]
    return r.choice((
        f"{y}-{m:02d}-{d:02d}", f"{d:02d}.{m:02d}.{y}", f"{m}/{d}/{y}", f"{d} {month} {y}", f"{month} {d}, {y}", f"{month} {d}", f"{d}th of {month}",
        f"{d} {month[:3]}", f"{month[:3]} {d}", f"{d}/{m}", f"{d:02d}-{month[:3]}-{y}", f"{r.choice(DAYS)[:3]}, {d} {month[:3]} {y}",
    ))  # fmt: skip


def time(r: random.Random) -> str:
    """Return a time of day."""
    h, m = r.randrange(24), r.randrange(60)
    return r.choice(
        (
            f"{h:02d}:{m:02d}",
            f"{h % 12 + 1}:{m:02d} {r.choice(('am', 'pm', 'PM'))}",
            f"{h % 12 + 1}{r.choice(('am', 'pm'))}",
            f"{h:02d}:{m:02d}:{r.randrange(60):02d}",
        )
    )


def phone(r: random.Random) -> str:
    """Return something like a telephone number."""
    return r.choice((
        f"+{r.randrange(1, 99)} {r.randrange(10, 999)} {r.randrange(100_000, 9_999_999)}", f"({r.randrange(200, 999)}) {r.randrange(200, 999)}-{r.randrange(1000, 9999)}",
        f"0{r.randrange(100, 999)}-{r.randrange(100_000, 9_999_999)}", f"{r.randrange(200, 999)}-{r.randrange(200, 999)}-{r.randrange(1000, 9999)}", f"+44 20 {r.randrange(1000, 9999)} {r.randrange(1000, 9999)}",
    ))  # fmt: skip


def amount(r: random.Random) -> str:
    """Return an amount of money."""
    n = r.choice((r.randrange(1, 100), r.randrange(100, 9999)))
    return r.choice(
        (
            f"${n}",
            f"{n} EUR",
            f"€{n}",
            f"{n}.{r.randrange(100):02d} USD",
            f"£{n:,}",
            f"{n} dollars",
            f"{n},00 €",
            f"{n}k",
            f"{n} CHF",
            f"{n} bucks",
        )
    )


def subject(r: random.Random) -> str:
    """Return a title of a few words."""
    words = [
        r.choice(_words("adj")),
        r.choice(_words("noun")),
        r.choice(("of", "for", "and", "in", "with")),
        r.choice(_words("noun")),
    ]
    words = words[r.randrange(2) : r.choice((2, 4))] or words
    text = " ".join(words)
    return r.choice((text, text.title(), text.capitalize()))


def handle(r: random.Random) -> str:
    """Return a user name without its at sign."""
    a, b = r.choice(_words("noun")), r.choice(_words("adj"))
    return r.choice(
        (
            f"{b}_{a}",
            f"{a}{r.randrange(99)}",
            f"the{a}",
            f"{b.title()}{a.title()}",
            f"x{a}x",
            f"{a}_{r.randrange(1900, 2010)}",
        )
    )


def mail(r: random.Random) -> str:
    """Return an e-mail address."""
    return f"{handle(r).lower()}@{r.choice(('example.com', 'example.org', 'mail.test', 'corp.example.net', 'uni.example.edu', 'gmx.example'))}"


def url(r: random.Random) -> str:
    """Return an address on the web."""
    return r.choice(
        (
            f"http://t.co/{code(r).strip('#')}",
            f"https://{r.choice(SERVICES)}.example.com/{ident(r)}",
            f"https://example.org/{r.choice(_words('noun'))}/{r.randrange(999)}",
            f"www.{r.choice(_words('noun'))}.example",
            f"/{r.choice(SERVICES)}/{r.randrange(99)}",
        )
    )


def hashtag(r: random.Random) -> str:
    """Return a hash tag."""
    return (
        r.choice(HASHTAGS)
        if r.random() < 0.5
        else "#"
        + r.choice((r.choice(_words("noun")), r.choice(_words("noun")).title() + r.choice(_words("noun")).title()))
    )


def version(r: random.Random) -> str:
    """Return a version number."""
    v = f"{r.randrange(1, 30)}.{r.randrange(0, 20)}"
    return r.choice(
        (v, f"v{v}", f"{v}.{r.randrange(20)}", f"{v}.{r.randrange(9)}-rc{r.randrange(1, 4)}", str(r.randrange(2, 15)))
    )


def file(r: random.Random) -> str:
    """Return a file name."""
    folder = r.choice(("", "src/", "/var/log/", "app/", "C:\\temp\\"))
    return f"{folder}{ident(r).strip('()')}.{r.choice(('py', 'java', 'log', 'json', 'yaml', 'go', 'csv', 'ts', 'txt'))}"


def of(options: list[str]) -> Callable[[random.Random], str]:
    """Return a filler that draws one of ``options``."""
    return lambda r: r.choice(options)


MATERIALS = "Wooden Oak Marble Leather Cotton Linen Velvet Steel Brass Glass Ceramic Wool Silk Bamboo Copper Rattan Walnut Stone Plastic Denim Suede Cashmere Wicker Chrome".split()
ITEMS = (
    "Lamp Desk Chair Table Tray Sofa Bed Mirror Rug Vase Mug Plate Bowl Pan Knife Kettle Toaster Blender Jacket Dress Shirt Boots Sandals Sneakers Hat Scarf Belt Bag Wallet Watch Ring Necklace Earrings Perfume Soap "
    "Shampoo Candle Blanket Pillow Curtain Shelf Cabinet Stool Bench Clock Frame Notebook Pen Backpack Suitcase Umbrella Tent Bike Helmet Racket Ball Doll Puzzle Guitar Piano Speaker Headphones Charger Keyboard Monitor Printer "
    "Bacon Ham Sausage Cheese Bread Cookies Chocolate Coffee Tea Juice Wine Beer Whiskey Rum Sauce Soup Pasta Pizza Salad Cake Tiles Paint Drill Saw Ladder Filter Wiper Tyre Battery Desk-Lamp Nightstand Bookcase Faucet Sink"
).split()  # fmt: skip
VARIABLES = "i j k v x y n s id idx key val row col item node buf ptr tmp res out data name user list map arr err ctx cfg req resp total count size max min left right head tail self this obj args foo bar baz".split()
CTYPES = "vector map set string pair list deque unordered_map optional shared_ptr".split()


FILLERS: dict[str, Callable[[random.Random], str]] = {
    "ident": ident, "iban": iban, "bic": bic, "id": code, "code": code, "host": host, "ip": ip, "date": date, "time": time, "phone": phone, "amount": amount, "subject": subject,
    "handle": handle, "mail": mail, "url": url, "hashtag": hashtag, "version": version, "file": file,
    "brand": of(BRANDS), "product": of(PRODUCTS), "team": of(TEAMS), "lang": of(LANGS), "nat": of(NATS), "month": of(MONTHS), "day": of(DAYS), "dept": of(DEPTS),
    "drug": of(DRUGS), "symptom": of(SYMPTOMS), "course": of(COURSES), "show": of(SHOWS), "event": of(EVENTS), "hotel": of(HOTELS), "color": of(COLORS),
    "material": of([*MATERIALS, *(m.lower() for m in MATERIALS)]), "item": of([*ITEMS, *(m.lower() for m in ITEMS)]), "item2": of(ITEMS), "v": of(VARIABLES), "ctype": of(CTYPES), "bodypart": of(BODY), "emoji": of(EMOJI), "exception": of(EXCEPTIONS), "native_hello": of(HELLOS),
    "issue": of(ISSUES), "issue_de": of(ISSUES_DE), "issue_fr": of(ISSUES_FR), "issue_es": of(ISSUES_ES), "issue_x": of(ISSUES_X),
    "month_de": of(MONTHS_X["de"]), "month_fr": of(MONTHS_X["fr"]), "month_es": of(MONTHS_X["es"]),
    "day_de": of(DAYS_X["de"]), "day_fr": of(DAYS_X["fr"]), "day_es": of(DAYS_X["es"]),
    "verb": lambda r: r.choice(_verbs() if r.random() < 0.5 else _words("verb")), "verb3": verb3, "coined": coined,
    "obj": lambda r: r.choice(_words("noun")), "adj": lambda r: r.choice(_words("adj")),
    "n": lambda r: str(r.choice((r.randrange(1, 13), r.randrange(1, 100), r.randrange(100, 5000)))), "year": lambda r: str(r.randrange(1890, 2027)),
    "title": of("Mr. Mrs. Ms. Mr Mrs Ms Miss Dr. Dr Prof. Professor Doctor Sir Madam Rev. Captain Judge Herr Frau Monsieur Madame Señor".split()),
    "brandname": of(lookalikes.BRANDS), "work": of(lookalikes.WORKS), "dish": of(lookalikes.DISHES), "codename": of(lookalikes.CODE_NAMES), "software": of(lookalikes.SOFTWARE),
    "placething": of(lookalikes.PLACE_THINGS), "club": of([*lookalikes.CLUBS, *TEAMS]), "storm": of(lookalikes.STORMS), "eponym": of(lookalikes.EPONYMS), "enoun": of(lookalikes.EPONYM_NOUNS),
}  # fmt: skip
