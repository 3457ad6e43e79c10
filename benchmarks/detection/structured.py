"""Families of nested events whose leaves are fields: one function a family, the split is by family."""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.detection.marks import Number, mark
from benchmarks.detection.values import Person

Family = Callable[[random.Random, Person], Any]


def _id(r: random.Random) -> str:
    return str(uuid.UUID(int=r.getrandbits(128), version=4))


def _time(r: random.Random) -> str:
    day, clock = f"2025-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}", f"{r.randint(0, 23):02d}:{r.randint(0, 59):02d}"
    return f"{day}T{clock}:{r.randint(0, 59):02d}Z"


def _hex(r: random.Random, size: int) -> str:
    return f"{r.getrandbits(size * 4):0{size}x}"


def order(r: random.Random, p: Person) -> Any:
    return {
        "order_id": f"ORD-{p.digits(9)}", "created_at": _time(r), "status": r.choice(["paid", "shipped", "pending"]),
        "customer": {"id": p.digits(7), "first_name": p.m_first, "last_name": p.m_last, "email": p.m_email, "phone": p.m_phone},
        "shipping_address": {"street": p.m_street, "city": p.m_city, "postal_code": p.m_zip, "country": "DE"},
        "payment": {"method": "card", "card_number": p.m_card, "cvv": p.m_cvv, "amount": round(r.uniform(5, 900), 2)},
        "items": [{"sku": f"SKU-{p.digits(6)}", "qty": r.randint(1, 5), "price": round(r.uniform(1, 99), 2)}],
    }  # fmt: skip


def ticket(r: random.Random, p: Person) -> Any:
    return {
        "ticketId": int(p.digits(6)), "priority": r.choice(["P1", "P2"]), "requester": {"displayName": p.m_name, "emailAddress": p.m_email},
        "channel": "web", "tags": ["billing", "urgent"], "customFields": {"contactPhone": p.m_intl_phone, "clientIp": p.m_ip},
        "sla": {"dueAt": _time(r), "breached": False},
    }  # fmt: skip


def access_log(r: random.Random, p: Person) -> Any:
    return {
        "@timestamp": _time(r), "level": "INFO", "logger": "http.access", "trace_id": _hex(r, 32), "span_id": _hex(r, 16),
        "http": {"method": "GET", "status_code": 200, "path": f"/api/v2/orders/{p.digits(6)}", "duration_ms": r.randint(1, 900)},
        "client": {"ip": p.m_ip, "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36"},
        "user": {"username": p.m_user, "email": p.m_email},
    }  # fmt: skip


def tool_call(r: random.Random, p: Person) -> Any:
    return {
        "role": "assistant", "tool_calls": [{"id": f"call_{_hex(r, 12)}", "type": "function", "function": {"name": "send_email",
        "arguments": {"to": p.m_email, "cc": [p.m_email], "recipient_name": p.m_name, "template": "welcome_v2"}}}],
        "model": "large-2025-01", "usage": {"prompt_tokens": r.randint(10, 4000), "completion_tokens": 52},
    }  # fmt: skip


def cdc_row(r: random.Random, p: Person) -> Any:
    row = {"id": int(p.digits(6)), "fname": p.m_first, "lname": p.m_last, "dob": p.m_dob, "ssn": p.m_ssn, "email_address": p.m_email,
           "updated_at": _time(r), "version": r.randint(1, 40)}  # fmt: skip
    return {"op": "u", "ts_ms": 1735689600000 + r.randint(0, 10**9), "source": {"db": "crm", "table": "persons", "lsn": int(p.digits(9))},
            "before": None, "after": row}  # fmt: skip


def config_dump(r: random.Random, p: Person) -> Any:
    return {
        "service": "billing", "replicas": 3, "image": f"registry.local/billing:1.{r.randint(1, 40)}.2", "env": {"LOG_LEVEL": "debug",
        "DB_HOST": "db-3.internal", "DB_USER": "app", "DB_PASSWORD": p.m_password, "STRIPE_API_KEY": p.m_api_key, "ADMIN_EMAIL": p.m_email,
        "JAVA_OPTS": "-Xmx512m", "FEATURE_FLAGS": "new-cart,dark-mode"}, "maintainer": {"name": p.m_name},
    }  # fmt: skip


def payment_webhook(r: random.Random, p: Person) -> Any:
    return {
        "id": f"evt_{_hex(r, 24)}", "type": "charge.succeeded", "livemode": True, "data": {"object": {"amount": r.randint(100, 90000),
        "currency": "eur", "billing_details": {"name": p.m_name, "email": p.m_email, "phone": p.m_intl_phone, "address": {"line1": p.m_street,
        "city": p.m_city, "postal_code": p.m_zip, "country": "FR"}}, "receipt_email": p.m_email}}, "request": {"id": f"req_{_hex(r, 14)}"},
    }  # fmt: skip


def patient(r: random.Random, p: Person) -> Any:
    return {
        "resourceType": "Patient", "identifier": [{"system": "urn:oid:1.2.36.146.595.217.0.1", "type": "MR"}], "medicalRecordNumber": p.m_mrn,
        "patient": {"givenName": p.m_first, "familyName": p.m_last, "birthDate": p.m_dob, "insuranceNumber": p.m_insurance},
        "telecom": [{"system": "phone", "phone": p.m_phone}], "attendingPhysician": p.m_name, "encounter": {"ward": "B2", "code": "I10"},
    }  # fmt: skip


def employee(r: random.Random, p: Person) -> Any:
    return {
        "employeeNumber": p.digits(5), "department": "Engineering", "fullName": p.m_name, "workEmail": p.m_email, "homeAddress": p.m_address,
        "dateOfBirth": p.m_dob, "bank": {"iban": p.m_iban, "bic": p.m_bic}, "salary": r.randint(30000, 120000), "passportNumber": p.m_passport,
        "emergencyContact": {"name": p.m_name, "phone": p.m_phone}, "grade": "L4",
    }  # fmt: skip


def transfer(r: random.Random, p: Person) -> Any:
    return {
        "msgId": f"MSG{p.digits(12)}", "valueDate": "2025-03-01", "debtor": {"name": p.m_name, "iban": p.m_iban},
        "creditor": {"name": p.m_name, "accountNumber": p.m_account, "bic": p.m_bic}, "amount": {"value": "120.50", "currency": "EUR"},
        "endToEndId": f"E2E-{p.digits(8)}", "batch": 7,
    }  # fmt: skip


def german_customer(r: random.Random, p: Person) -> Any:
    return {
        "Bestellnummer": p.digits(8), "Kunde": {"Vorname": p.m_first, "Nachname": p.m_last, "Geburtsdatum": p.m_dob, "Telefonnummer": p.m_phone,
        "E-Mail": p.m_email}, "Lieferadresse": {"Strasse": p.m_street, "PLZ": p.m_zip, "Ort": p.m_city}, "Steuernummer": p.m_tax, "Betrag": 19.99,
    }  # fmt: skip


def french_customer(r: random.Random, p: Person) -> Any:
    return {
        "numero_commande": p.digits(8), "client": {"prenom": p.m_first, "nom_de_famille": p.m_last, "courriel": p.m_email, "telephone": p.m_phone,
        "date_naissance": p.m_dob}, "adresse_livraison": {"rue": p.m_street, "code_postal": p.m_zip, "ville": p.m_city}, "montant": 42.0,
    }  # fmt: skip


def spanish_customer(r: random.Random, p: Person) -> Any:
    return {
        "numero_pedido": p.digits(8), "cliente": {"nombre": p.m_first, "apellidos": p.m_last, "correo_electronico": p.m_email, "telefono": p.m_phone,
        "fecha_nacimiento": p.m_dob}, "direccion_postal": {"calle": p.m_street, "codigo_postal": p.m_zip, "ciudad": p.m_city}, "importe": 42.0,
    }  # fmt: skip


def italian_dutch(r: random.Random, p: Person) -> Any:
    return {
        "ordine": p.digits(7), "intestatario": {"nome": p.m_first, "cognome": p.m_last, "cellulare": p.m_phone, "dataDiNascita": p.m_dob},
        "klant": {"voornaam": p.m_first, "achternaam": p.m_last, "telefoonnummer": p.m_phone, "woonplaats": p.m_city, "postcode": p.m_zip,
        "geboortedatum": p.m_dob}, "totaal": 10,
    }  # fmt: skip


def polish_swedish_portuguese(r: random.Random, p: Person) -> Any:
    return {
        "klient": {"imie": p.m_first, "nazwisko": p.m_last, "numer_telefonu": p.m_phone, "kod_pocztowy": p.m_zip, "miasto": p.m_city},
        "kund": {"fornamn": p.m_first, "efternamn": p.m_last, "telefonnummer": p.m_phone, "postnummer": p.m_zip, "gatuadress": p.m_street},
        "cliente": {"primeiro_nome": p.m_first, "sobrenome": p.m_last, "telefone": p.m_phone, "data_nascimento": p.m_dob, "endereco": p.m_address},
        "suma": 11,
    }  # fmt: skip


def insurance_claim(r: random.Random, p: Person) -> Any:
    return {
        "claimId": f"CLM-{p.digits(7)}", "policyholder": {"firstName": p.m_first, "surname": p.m_last, "policyNumber": p.m_insurance},
        "vehicle": {"licensePlate": p.m_plate, "vin": p.m_vin, "make": "Volkswagen", "year": 2019}, "incident": {"code": "REAR_END", "at": _time(r)},
        "payoutIban": p.m_iban, "driver": {"driversLicense": p.m_licence, "mobile": p.m_intl_phone},
    }  # fmt: skip


def booking(r: random.Random, p: Person) -> Any:
    return {
        "pnr": p.letters(6), "flight": f"LH{r.randint(100, 999)}", "passengers": [{"passengerName": p.m_name, "passport_number": p.m_passport,
        "date_of_birth": p.m_dob, "seat": "12A"}, {"passengerName": p.m_name, "passport_number": p.m_passport, "date_of_birth": p.m_dob, "seat": "12B"}],
        "contact": {"email": p.m_email, "mobile_number": p.m_intl_phone}, "fare": {"total": 321.5, "class": "Y"},
    }  # fmt: skip


def mobile_device(r: random.Random, p: Person) -> Any:
    return {
        "event": "app_open", "app_version": "4.2.1", "device": {"imei": p.m_imei, "mac_address": p.m_mac, "model": "Pixel 8", "os": "14"},
        "network": {"ip_address": p.m_ip, "ipv6": p.m_ipv6, "carrier": "Vodafone"}, "account": {"username": p.m_user, "msisdn": p.m_intl_phone},
        "session_seq": r.randint(1, 99),
    }  # fmt: skip


def kyc(r: random.Random, p: Person) -> Any:
    return {
        "applicant": {"legal_name": p.m_name, "nationality_code": "PL", "national_id": p.m_nid, "tax_id": p.m_tax, "birth_place": p.m_city},
        "document": {"passport_no": p.m_passport, "checks": [{"name": "mrz", "result": "clear"}]}, "risk": {"score": r.random(), "band": "low"},
        "wallet_address": p.m_wallet, "residential_address": p.m_address,
    }  # fmt: skip


def numbers(r: random.Random, p: Person) -> Any:
    card = p.card().replace(" ", "").replace("-", "")
    return {
        "txn": int(p.digits(9)), "pan": Number("CREDIT_CARD", card), "ssn": Number("US_SSN", str(r.randint(100, 665)) + "451234"),
        "phoneNumber": Number("PHONE_NUMBER", "1212" + str(r.randint(2000000, 9999999))), "amount_cents": r.randint(1, 99999),
        "zip": Number("LOCATION", str(r.randint(10000, 99999))), "accountNumber": Number("BANK_ACCOUNT", p.digits(10)), "mcc": 5411,
    }  # fmt: skip


def deep_lists(r: random.Random, p: Person) -> Any:
    return {
        "type": "batch", "rows": [[{"contact": {"emails": [p.m_email, p.m_email], "phones": [{"type": "home", "number": p.m_intl_phone}]}}],
        [{"people": [{"firstName": p.m_first, "lastName": p.m_last, "age": 41}]}]], "meta": {"count": 2, "checksum": _hex(r, 32)},
    }  # fmt: skip


def crm_flat(r: random.Random, p: Person) -> Any:
    return {
        "Lead ID": p.digits(8), "First Name": p.m_first, "Last Name": p.m_last, "E-mail Address": p.m_email, "Mobile Phone": p.m_phone,
        "Mailing Street": p.m_street, "Mailing City": p.m_city, "Mailing Zip/Postal Code": p.m_zip, "Lead Source": "Webinar", "Score": 71,
        "Birthdate": p.m_dob, "Credit Card Number": p.m_card,
    }  # fmt: skip


def envelope(r: random.Random, p: Person) -> Any:
    return {
        "specversion": "1.0", "type": "com.acme.user.created", "source": "/users", "id": _id(r), "time": _time(r), "data": {"profile": {
        "full_name": p.m_name, "contactEmail": p.m_email, "avatar": f"https://cdn.acme.io/{_hex(r, 16)}.png"}, "credentials": {"login": p.m_user,
        "passwordHash": mark("SECRET", "$2b$12$" + "".join(r.choice("abcdefghijkABCDEFG0123456789./") for _ in range(53)))}},
    }  # fmt: skip


def url_params(r: random.Random, p: Person) -> Any:
    return {
        "request": {"url": f"https://shop.example/checkout?email={p.m_email}&step=2", "referrer": "https://www.google.com/search?q=blue+shoes"},
        "dsn": f"postgres://{mark('SECRET', 'app:' + p.api_key()[:16])}@db-1.internal:5432/shop", "authorization": mark("SECRET", "Bearer " + p.api_key()),
        "remote_addr": p.m_ip, "bytes": r.randint(100, 99999),
    }  # fmt: skip


def warehouse_columns(r: random.Random, p: Person) -> Any:
    return {
        "SRC_SYS_CD": "CRM1", "LOAD_TS": _time(r), "CLNT_ID": p.digits(8), "CLNT_FRST_NM": p.m_first, "CLNT_LST_NM": p.m_last,
        "CLNT_EML_ADDR": p.m_email, "CLNT_TEL_NBR": p.m_phone, "CLNT_BRTH_DT": p.m_dob, "RES_STRT_NM": p.m_street, "RES_CTY_NM": p.m_city,
        "RES_PSTL_CD": p.m_zip, "ACCT_STS_CD": "A", "PRD_NM": "Basic Plan",
    }  # fmt: skip


def glued_keys(r: random.Random, p: Person) -> Any:
    return {
        "orderid": p.digits(7), "payeename": p.m_name, "payeeemail": p.m_email, "payeephone": p.m_phone, "shiptostreet": p.m_street,
        "shiptocity": p.m_city, "billtozip": p.m_zip, "payeedob": p.m_dob, "shippingmethod": "express", "itemcount": 3,
    }  # fmt: skip


def misspelt_keys(r: random.Random, p: Person) -> Any:
    return {
        "custmer": {"frist_name": p.m_first, "lastnmae": p.m_last, "emial": p.m_email, "phoen": p.m_phone, "adress": p.m_address},
        "recieved": _time(r), "amout": "12.50",
    }  # fmt: skip


def questionnaire(r: random.Random, p: Person) -> Any:
    return {"formId": p.digits(6), "submitted": _time(r), "answers": [
        {"question": "What is your full name?", "answer": p.m_name}, {"question": "Your e-mail address", "answer": p.m_email},
        {"question": "When were you born?", "answer": p.m_dob}, {"question": "Which size fits you?", "answer": "Extra Large"},
        {"question": "Mobile number", "answer": p.m_phone}, {"question": "How did you hear of us?", "answer": "From the radio"},
    ]}  # fmt: skip


def typed_attributes(r: random.Random, p: Person) -> Any:
    return {"spanId": _hex(r, 16), "attributes": [
        {"key": "enduser.email", "value": {"stringValue": p.m_email}}, {"key": "customer.last_name", "value": {"stringValue": p.m_last}},
        {"key": "http.method", "value": {"stringValue": "GET"}}, {"key": "client.address", "value": {"stringValue": p.m_ip}},
        {"key": "retry.count", "value": {"intValue": 3}},
    ]}  # fmt: skip


def sheet(r: random.Random, p: Person) -> Any:
    return {"sheet": "import", "cells": [
        ["Ref", "Surname", "First name", "Telephone", "Team"], [p.digits(4), p.m_last, p.m_first, p.m_phone, "Blue Team"],
        [p.digits(4), p.m_last, p.m_first, p.m_phone, "Red Team"],
    ]}  # fmt: skip


def asian_order(r: random.Random, p: Person) -> Any:
    return r.choice([
        {"注文番号": p.digits(8), "お名前": p.m_name, "ご住所": p.m_address, "携帯電話番号": p.m_phone, "メールアドレス": p.m_email, "商品名": "青いマグ"},
        {"订单号": p.digits(8), "收货人姓名": p.m_name, "收货地址": p.m_address, "联系手机": p.m_phone, "电子邮件": p.m_email, "商品名称": "蓝色杯子"},
        {"주문번호": p.digits(8), "고객성명": p.m_name, "배송주소": p.m_address, "휴대폰번호": p.m_phone, "이메일주소": p.m_email, "상품명": "파란 머그컵"},
    ])  # fmt: skip


def south_east(r: random.Random, p: Person) -> Any:
    return r.choice([
        {"nama_lengkap": p.m_name, "no_telepon": p.m_phone, "alamat_rumah": p.m_address, "tanggal_lahir": p.m_dob, "jenis": "reguler"},
        {"ho_va_ten": p.m_name, "so_dien_thoai": p.m_phone, "dia_chi": p.m_address, "ngay_sinh": p.m_dob, "loai": "thuong"},
        {"adi_soyadi": p.m_name, "telefon_no": p.m_phone, "ev_adresi": p.m_address, "dogum_tarihi": p.m_dob, "tur": "normal"},
    ])  # fmt: skip


def slavic_case(r: random.Random, p: Person) -> Any:
    return r.choice([
        {"заявка": {"фамилия": p.m_last, "имя": p.m_first, "телефон_клиента": p.m_phone, "адрес_проживания": p.m_address, "тип": "новая"}},
        {"zadost": {"prijmeni": p.m_last, "jmeno": p.m_first, "telefon_zadatele": p.m_phone, "trvale_bydliste": p.m_address, "druh": "nova"}},
        {"заявка": {"прізвище": p.m_last, "ім'я": p.m_first, "мобільний_телефон": p.m_phone, "адреса_проживання": p.m_address, "вид": "нова"}},
    ])  # fmt: skip


def csv_text(r: random.Random, p: Person) -> Any:
    return {
        "file": "people.csv",
        "rows": 1,
        "body": f"nr,first_name,last_name,e-mail,plan\n{p.digits(3)},{p.m_first},{p.m_last},{p.m_email},gold\n",
    }


def sql_text(r: random.Random, p: Person) -> Any:
    return {"db": "crm", "took_ms": r.randint(1, 90), "statement": "INSERT INTO contacts (id, given_name, family_name, birth_date, tier) VALUES "
            f"({p.digits(5)}, '{p.m_first}', '{p.m_last}', '{p.m_dob}', 'gold')"}  # fmt: skip


def business_card(r: random.Random, p: Person) -> Any:
    return {"card": f"BEGIN:VCARD\nVERSION:4.0\nFN:{p.m_name}\nEMAIL:{p.m_email}\nTEL;TYPE=cell:{p.m_intl_phone}\nBDAY:{mark('DATE_TIME', '19840229')}\nEND:VCARD",
            "rev": _time(r)}  # fmt: skip


def hospital_message(r: random.Random, p: Person) -> Any:
    name = mark("PERSON", f"{p.last()}^{p.first()}".upper())
    return {
        "type": "ADT",
        "raw": f"MSH|^~\\&|ADT|H|LAB|H|20260101||ADT^A04|{p.digits(6)}|P|2.5\rPID|1||{p.m_mrn}^^^H^MR||{name}||{mark('DATE_TIME', '19840229')}|F\rPV1|1|O",
    }


def wire_transfer(r: random.Random, p: Person) -> Any:
    return {"Document": {"FIToFICstmrCdtTrf": {"GrpHdr": {"MsgId": _hex(r, 12), "NbOfTxs": "1"}, "CdtTrfTxInf": [{
        "Dbtr": {"Nm": p.m_name, "PstlAdr": {"StrtNm": p.m_street, "PstCd": p.m_zip, "TwnNm": p.m_city, "Ctry": "DE"}},
        "DbtrAcct": {"Id": {"IBAN": p.m_iban}}, "Purp": {"Cd": "SALA"}}]}}}  # fmt: skip


def track_of_a_person(r: random.Random, p: Person) -> Any:
    lat, lon = f"{r.uniform(40, 55):.6f}", f"{r.uniform(-5, 25):.6f}"
    return {"athlete": {"first": p.m_first, "last": p.m_last}, "start": {"lat": Number("LOCATION", lat), "lng": Number("LOCATION", lon)},
            "kudos": r.randint(0, 90)}  # fmt: skip


SPLITS: dict[str, tuple[Family, ...]] = {
    "train": (
        order,
        ticket,
        access_log,
        cdc_row,
        patient,
        transfer,
        german_customer,
        french_customer,
        kyc,
        numbers,
        warehouse_columns,
        questionnaire,
        asian_order,
        csv_text,
        wire_transfer,
    ),
    "dev": (
        tool_call,
        config_dump,
        employee,
        spanish_customer,
        insurance_claim,
        mobile_device,
        crm_flat,
        glued_keys,
        typed_attributes,
        south_east,
        sql_text,
        hospital_message,
    ),
    "test": (
        payment_webhook,
        italian_dutch,
        polish_swedish_portuguese,
        booking,
        deep_lists,
        envelope,
        url_params,
        misspelt_keys,
        sheet,
        slavic_case,
        business_card,
        track_of_a_person,
    ),
}
