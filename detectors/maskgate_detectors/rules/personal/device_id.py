"""Identifiers of telephones, vehicles and advertising devices."""

from __future__ import annotations

from maskgate_detectors.checks import checksums
from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


@detector
def imei() -> Rule:
    """https://www.gsma.com/solutions-and-impact/industry-services/device-services/imei-tac/"""
    return Rule(
        id="imei",
        entity="IMEI",
        label="IMEI of a telephone",
        pattern=r"(?:^|[^\w.+$-])(?P<value>\d{2}[- ]?\d{6}[- ]?\d{6}[- ]?\d)(?:$|[^\w.-]|[.-](?:$|[^\w]))",
        validate=checksums.imei,
        valid_score=0.95,
        needs_context=True,
        context=words("imei, imei number, handset, device imei"),
        keys=words("imei, imei number, device imei, imeisv, meid, imsi, iccid, sim number, sim serial, esim, eid"),
        key_decides=True,
        key_pattern=r"[\dA-Fa-f][\dA-Fa-f /-]{13,40}",
        numbers=True,
        matches=("imei: ⟦490154203237518⟧", "IMEI ⟦49-015420-323751-8⟧ stolen", "iccid: ⟦89{d17}⟧"),
        ignores=("490154203237518", "imei 490154203237519", "imei: unknown"),
    )


@detector
def advertising_id() -> Rule:
    """https://developer.apple.com/documentation/adsupport/asidentifiermanager/advertisingidentifier"""
    return Rule(
        id="advertising-id",
        entity="DEVICE_ID",
        label="Advertising or device identifier",
        pattern=r"(?i)(?:^|[^\w-])(?P<value>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:$|[^\w-])",
        needs_context=True,
        context=words("idfa, gaid, advertising id, idfv, aaid, android id"),
        keys=words(
            "idfa, idfv, gaid, aaid, adid, advertising id, advertiser id, google advertising id, apple idfa",
            "android id, device udid, udid, rida, tifa, roku id, vendor id for advertising, ifa",
            "device advertising id, android device id",
        ),
        key_decides=True,
        key_pattern=r"[0-9A-Fa-f][0-9A-Fa-f-]{14,44}",
        matches=(
            "idfa: ⟦6D92078A-8246-4BA4-AE5B-76104861E7DC⟧",
            "gaid ⟦38400000-8cf0-11bd-b23e-10b96e40000d⟧",
            "android_id: ⟦{x16}⟧",
        ),
        ignores=("id: 38400000-8cf0-11bd-b23e-10b96e40000d", "request 38400000-8cf0-11bd-b23e-10b96e40000d"),
    )


@detector
def vehicle_number() -> Rule:
    """https://www.iso.org/standard/52200.html"""
    return Rule(
        id="vin",
        entity="VIN",
        label="Vehicle identification number",
        pattern=r"(?:^|[^\w-])(?P<value>[A-HJ-NPR-Z0-9]{17})(?:$|[^\w-])",
        validate=checksums.vin,
        valid_score=0.9,
        needs_context=True,
        context=words(
            "vin, vin number, vehicle identification, chassis, fahrgestellnummer, fin:, châssis, bastidor",
            "telaio, chassi",
        ),
        keys=words(
            "vin, vin number, vehicle identification number, vehicle vin, chassis number, chassis no",
            "fahrgestellnummer, fahrzeugidentifikationsnummer, numero de chassis, numero de bastidor",
            "bastidor, numero telaio, numero do chassi, chassisnummer",
        ),
        key_decides=True,
        key_pattern=r"(?i)[A-HJ-NPR-Z0-9]{11,17}",
        matches=("vin: ⟦1M8GDM9AXKP042788⟧", "VIN ⟦1M8GDM9AXKP042788⟧ recorded"),
        ignores=("1M8GDM9AXKP042788", "vin 1M8GDM9A1KP042788", "vin: red wine"),
    )


@detector
def licence_plate() -> Rule:
    """https://en.wikipedia.org/wiki/Vehicle_registration_plate"""
    return Rule(
        id="licence-plate",
        entity="LICENSE_PLATE",
        label="Registration plate of a vehicle",
        pattern=(
            r"(?:^|[^\w.-])(?P<value>[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]?\d{1,4}[EH]?|[A-Z]{2}\d{2} ?[A-Z]{3}"
            r"|[A-Z]{2}[- ]?\d{3}[- ]?[A-Z]{2}"
            r"|\d{1,2}-[A-Z]{2,3}-\d{1,2}|[A-Z]{1,2}-\d{2,3}-[A-Z]{1,2}|[A-Z]{2} \d{5}"
            r"|[A-Z]{3}-\d{3}[A-Z]{2}|\d{2} ?[A-Z]{1,3} ?\d{2,5}|\d{4} ?[B-DF-HJ-NP-TV-Z]{3}|\d[A-Z]{3}\d{3}"
            r"|[A-Z]{3}[- ]\d{3,4})(?:$|[^\w-]|-(?:$|\W))"
        ),
        needs_context=True,
        context=words(
            "vehicle registration, registration number, plaka, plakası, araç plakası, rekisterinumero, spz, rendszám",
            "plate, plates, registration, reg no, license plate, licence plate, number plate, registration plate",
            "plate number, plate no",
            "kennzeichen, plaque d'immatriculation, immatriculation, matrícula, targa, placa, kenteken",
            "tablica rejestracyjna, numer rejestracyjny, rejestracja, rejestracji, registreringsnummer",
            "nummernschild, autokennzeichen, plaque, immatriculé, immatriculée, targata, nummerplaat, kentekens",
        ),
        context_score=0.8,
        keys=words(
            "plate, reg no, registration mark, vrm, plate no,",
            "license plate, licence plate, license plate number, licence plate number, number plate",
            "plate number, plate no, registration plate, vehicle plate, vehicle registration, vehicle reg",
            "car plate, kennzeichen, kfz kennzeichen, plaque, plaque immatriculation, immatriculation",
            "matricula, placa, placa do veiculo, targa, kenteken, numer rejestracyjny, tablica rejestracyjna",
            "registreringsnummer, rekisterinumero, spz, rendszam, plaka",
        ),
        key_decides=True,
        key_pattern=r"(?i)[\p{L} ·.-]{0,8}\d[\p{L}\d ·.-]{1,12}",
        matches=(
            "license_plate: ⟦7ABC123⟧",
            "Kennzeichen: ⟦B-MW 1234⟧",
            "licence plate ⟦AB12 CDE⟧ seen",
            "kenteken ⟦12-ABC-3⟧",
            "plaque ⟦AB-123-CD⟧",
            "targa ⟦AB 123 CD⟧",
            "rejestracja ⟦WX 12345⟧",
        ),
        ignores=("AB12 CDE", "plate: steel", "ABC-123", "order 12-ABC-3", "registration of ISO 27001"),
    )


@detector
def device_serial() -> Rule:
    """https://gdpr-info.eu/recitals/no-30/"""
    return Rule(
        id="device-id",
        entity="DEVICE_ID",
        label="Identifier of a person's device, by its key",
        pattern=(
            r"(?i)\b(?:device[ _]id|udid|device[ _]identifier)(?: ?[:=] ?| is "
            r")(?P<value>[0-9A-F][0-9A-F-]{14,44})\b"
        ),
        triggers=(r"(?i)(?:device[ _]id|udid|device[ _]identifier)(?: ?[:=] ?| is )[0-9a-f]{4}",),
        score=0.7,
        keys=words(
            "customer device id, user device id, phone device id, mobile device id, device identifier",
            "device fingerprint, browser fingerprint, visitor fingerprint",
        ),
        key_decides=True,
        key_pattern=r"[0-9A-Za-z][0-9A-Za-z:_-]{9,80}",
        key_score=0.7,
        matches=("device_fingerprint: ⟦{x32}⟧", "device id: ⟦{X16}⟧ blocked"),
        ignores=("device id: sensor", "device: iphone"),
    )
