"""The hard set: records written by hand, every span marked ⟦KIND:value⟧; nothing generated."""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

from typing import Any

RECORDS: tuple[Any, ...] = (
    {"subject": "Re: your visit", "body": "Dear Mrs. ⟦PERSON:Okonkwo-Fernández⟧, we confirm Tuesday. Call ⟦PHONE_NUMBER:(020) 7946 0018⟧ "
"to move it."},
    {"msg": "pls ship to ⟦PERSON:joão da silva⟧, ⟦LOCATION:Rua das Flores 123⟧, ⟦LOCATION:Porto⟧"},
    {"user": {"name": "⟦PERSON:Nguyễn Thị Minh Khai⟧", "mail": "⟦EMAIL_ADDRESS:minh.khai@congty.example⟧"}, "plan": "pro"},
    {"log": "2025-02-03 04:05:06 WARN auth - bad login for ⟦EMAIL_ADDRESS:Bob.O'Hara@Example.COM⟧ from "
"⟦IP_ADDRESS:203.0.113.200⟧:51213"},
    {"event": "call", "from": "⟦PHONE_NUMBER:+1 (646) 555-0187⟧", "to": "⟦PHONE_NUMBER:+44 7700 900123⟧", "secs": 31},
    {"text": "SSN: ⟦US_SSN:536-22-1849⟧, DOB: ⟦DATE_TIME:04/07/1979⟧, MRN: ⟦MEDICAL_RECORD_NUMBER:00481516⟧"},
    {"comment": "iban de ⟦PERSON:Lucía⟧: ⟦IBAN_CODE:ES91 2100 0418 4502 0005 1332⟧ gracias"},
    {"query": "SELECT * FROM users WHERE email = '⟦EMAIL_ADDRESS:eve@corp.example⟧' AND ssn = '⟦US_SSN:219-45-7812⟧'"},
    {"cmd": "mysql -h db -u root --password=⟦SECRET:T0psecret-2024⟧ shop"},
    {"env": "DATABASE_URL=postgres://⟦SECRET:shop:pq8Zr2Lm⟧@10-0-0-5.internal/shop"},
    {"payload": "{\"card\":{\"number\":\"⟦CREDIT_CARD:5555555555554444⟧\",\"holder\":\"⟦PERSON:M MUSTERMANN⟧\"}}"},
    {"chat": [{"u": 1, "t": "wie heißt du?"}, {"u": 2, "t": "ich bin ⟦PERSON:Jürgen Groß⟧, wohne in der ⟦LOCATION:Schillerstraße 4⟧"}]},
    {"vcard": "BEGIN:VCARD\nFN:⟦PERSON:Åsa Lindqvist⟧\nTEL:⟦PHONE_NUMBER:+46 70 123 45 "
"67⟧\nEMAIL:⟦EMAIL_ADDRESS:asa@example.se⟧\nEND:VCARD"},
    {"Nachname": "⟦PERSON:von der Leyen-Schäfer⟧", "Vorname": "⟦PERSON:Anne-Sophie⟧", "Steuer-ID": "⟦TAX_ID:86095742719⟧"},
    {"codice_fiscale": "⟦TAX_ID:RSSMRA85T10A562S⟧", "targa": "⟦LICENSE_PLATE:AB123CD⟧", "note": "pagato"},
    {"DNI": "⟦NATIONAL_ID:12345678Z⟧", "asunto": "renovación"},
    {"pesel": "⟦NATIONAL_ID:44051401359⟧", "nip": "⟦TAX_ID:526-104-08-28⟧"},
    {"bsn": "⟦NATIONAL_ID:111222333⟧", "kenteken": "⟦LICENSE_PLATE:GB-001-B⟧"},
    {"personnummer": "⟦NATIONAL_ID:19811228-9874⟧"}, {"hetu": "⟦NATIONAL_ID:131052-308T⟧"}, {"cpf": "⟦NATIONAL_ID:390.533.447-05⟧"},
    {"aadhaar": "⟦NATIONAL_ID:2341 2341 2346⟧", "pan": "⟦TAX_ID:ACUPA7085R⟧"}, {"nric": "⟦NATIONAL_ID:S1234567D⟧"}, {"my_number": "⟦NATIONAL_ID:621684982598⟧"},
    {"text": "NHS number ⟦NATIONAL_ID:943 476 5919⟧, NI ⟦NATIONAL_ID:AB 12 34 56 C⟧."},
    {"wallets": {"btc": "⟦CRYPTO:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4⟧", "eth": "⟦CRYPTO:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed⟧"}},
    {"hdr": {"X-Forwarded-For": "⟦IP_ADDRESS:198.51.100.7⟧, ⟦IP_ADDRESS:2001:db8::17⟧", "Cookie": "⟦SECRET:sid=s%3Aj8Kx2LmQ9vR4tZ7w; lang=de⟧"}},
    {"fields": [["Name", "⟦PERSON:Priya Ramanathan⟧"], ["Phone", "⟦PHONE_NUMBER:+91 98840 12345⟧"]]},
    {"name": "⟦PERSON:Oluwaseun Adeyemi⟧", "role": "admin", "email": "⟦EMAIL_ADDRESS:seun@firma.example⟧"},
    {"resume": "⟦PERSON:MARIA GARCÍA LÓPEZ⟧\n⟦LOCATION:Calle de Alcalá 45⟧, "
"⟦LOCATION:Madrid⟧\n⟦EMAIL_ADDRESS:maria.garcia@correo.example⟧"},
    {"git": "Author: ⟦PERSON:Tomáš Dvořák⟧ <⟦EMAIL_ADDRESS:tdvorak@dev.example⟧>\nDate: Tue Mar 4 2025"},
    {"signature": "Best,\n⟦PERSON:Katarzyna Wiśniewska⟧\nHead of Sales | M: ⟦PHONE_NUMBER:+48 501 234 567⟧"},
    {"gps": {"user": {"lat": 0}}, "note": "she lives at ⟦LOCATION:52.520008, 13.404954⟧"},
    {"imei": "⟦IMEI:490154203237518⟧", "mac": "⟦MAC_ADDRESS:3c:22:fb:aa:01:7e⟧", "model": "A52"},
    {"addr": "⟦LOCATION:1600 Pennsylvania Avenue NW, Washington, DC 20500⟧"}, {"txt": "flat 3, ⟦LOCATION:221B Baker Street⟧ please"},
    {"obf": "mail me: ⟦EMAIL_ADDRESS:anna (at) posteo (dot) de⟧"}, {"full": "⟦EMAIL_ADDRESS:ｉｎｆｏ＠ｅｘａｍｐｌｅ．ｊｐ⟧"}, {"u": "q=⟦EMAIL_ADDRESS:x.y%40example.com⟧&z=1"},
    {"t": "Passport no. ⟦PASSPORT:C01X00T47⟧, driver's license ⟦DRIVER_LICENSE:D1234567⟧"}, {"t": "account number ⟦BANK_ACCOUNT:0123456789⟧, routing number ⟦BANK_ACCOUNT:021000021⟧"},
    {"t": "code ⟦SECRET:482913⟧ is your verification code"}, {"t": "verification code: ⟦SECRET:482913⟧"}, {"pin": "⟦SECRET:4921⟧"}, {"t": "CVV ⟦SECRET:737⟧ exp 03/30"},
    {"linkedin": "⟦URL:https://www.linkedin.com/in/jane-doe-5b1⟧"}, {"handle": "⟦USERNAME:@jane_doe84⟧"},
    {"氏名": "⟦PERSON:山田太郎⟧", "電話番号": "⟦PHONE_NUMBER:03-1234-5678⟧", "住所": "⟦LOCATION:東京都千代田区千代田1-1⟧"}, {"ФИО": "⟦PERSON:Иванов Иван Иванович⟧", "телефон": "⟦PHONE_NUMBER:+7 912 345-67-89⟧"},
    {"姓名": "⟦PERSON:王小明⟧", "手机号": "⟦PHONE_NUMBER:13800138000⟧", "身份证号": "⟦NATIONAL_ID:360426199101010071⟧"}, {"이름": "⟦PERSON:홍길동⟧", "주민등록번호": "⟦NATIONAL_ID:900101-1234568⟧"},
)  # fmt: skip
