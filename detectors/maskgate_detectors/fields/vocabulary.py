"""Keys in other words: short (``CUST_TEL_NBR``), in one word (``shiptozip``), misspelt (``emial``), in other languages.

The rules name their keys mostly in English. :func:`plain` gives the English words that a key stands for, and
``SAME_AS`` the phrases of other languages that mean the key of a rule. What a key means is then decided as ever.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Sequence
from functools import lru_cache

_SHORT = {
    short: full.split()
    for line in """
cust cst cstmr custmr kd kde: customer; clnt: client; emp empl mitarb: employee; usr: user
pers prsn psn: person; pat ptnt: patient; mbr memb: member; acct acc acnt akt kto: account; nm nme nam: name
frst fst: first; lst: last; tel tlf telef tlfn tlph fon fono phon phn phne telno telnr telefone: phone
mob mobl: mobile
nbr nmbr num numb nb nbre nro nr no nummer numero numer nomor nomer cislo szam broj stevilka: number
eml em: email; addr adr adrs addrs addrss adrr: address; strt stra stras: street; cty: city; twn: town
pst pstl pstlz: postal; cd: code; prd prod prdct: product; itm: item; svc srvc srv: service
cmpny cmpy: company; dept dpt: department; evt: event; prj proj: project; tbl: table; fld: field; grp: group
whse: warehouse; mfr mfg: manufacturer; vndr: vendor; brnd: brand; cmpgn: campaign; brnch: branch; bnk: bank
schl: school; strm: stream; cls: class; zp: zip; brth bth brthd: birth; dt dat: date
passp ppt pasp pport: passport; lic licn lcns licns: license; drv drvr: driver; ctry cntry cntr: country
recip rcpnt rcvr rcpt: recipient; bnf benef bene bnfcry: beneficiary; dbtr: debtor; cdtr crdtr: creditor
mgr: manager; stdnt: student; pax psgr psngr: passenger; bldg bldng: building; natl ntnl: national
ident idnt: identity; pty: party; orgtr origr: originator; sndr sendr: sender; ownr: owner; hldr: holder
crd: card; ccard: card; pmt: payment; sgnr: signer; subscr sbscr: subscriber; insd: insured; clmt: claimant
cntct cntc: contact; emrg emerg: emergency; prim: primary; gndr: gender; prov: province; lttd: latitude
ipaddr ipadr: ip address; uname usrname unm: username; psw passwd pswd: password; cnsgnee cnee: consignee
shpr: shipper; shp shpt: ship; dlv dlvry deliv: delivery; bil: billing; resid: residence; perm: permanent
ssnum: ssn; lnm lnam: last name; fnm fnam: first name; mnm: middle name; snm: surname; fulnm flnm: full name
dsply disp: display; spse: spouse; dpndt: dependent
""".replace("\n", ";").split(";")
    if ":" in line
    for full in (line.partition(":")[2],)
    for short in line.partition(":")[0].split()
}

# Keys in one word: whose, then what, then what of it.
_WHOSE = frozenset(
    "cust customer client clnt hm wrk user usr emp employee empl person pers patient pat guest owner home work office "
    "contact member mbr passenger pax account acct card buyer payer payee sender recipient recip receiver "
    "consignee shipper tenant student driver applicant insured subscriber ship shipping shipto bill billing "
    "billto delivery deliver mother mothers father fathers parent parents spouse child kunde kunden client "
    "cliente clientes klant klanten klient usuario uzytkownik mitarbeiter patienten mieter fahrer versicherten "
    "rechnungs liefer kontakt privat private emergency beneficiary benef holder cardholder author signer seller "
    "vendor debtor creditor remitter remittee primary secondary main alt alternate old new prev previous current "
    "permanent perm temp mailing postal residential legal personal business billed shipped lead prospect "
    "participant attendee rider caller callee from to my your his her their staff worker agent teacher doctor "
    "nurse visitor resident citizen voter taxpayer borrower lender landlord claimant witness donor player "
    "profile login reg registered confirm verify verified bank benef anruf notfall ansprech pickup dropoff "
    "origin destination dest".split()
)
_WHAT = frozenset(
    "mob eml adr phone telephone tel tele fax mobile mobil cell email mail name fname lname mname firstname lastname "
    "middlename fullname surname forename givenname familyname maiden maidenname nickname zip zipcode postcode "
    "postalcode pincode city cityname town street streetname addr address adresse adress dob birthdate birthday "
    "birthplace ssn iban passport passportno username userid ipaddress macaddress telefon telefonnummer handy "
    "vorname nachname strasse hausnummer plz wohnort geburtsdatum telefono telefone celular nombre apellido "
    "apellidos prenom nom adres telefoon achternaam voornaam naam imie nazwisko licence license taxid nationalid "
    "phonenumber phoneno emailaddress emailid mailid telno mobileno cellno msisdn whatsapp accountnumber "
    "accountno routingnumber sortcode dateofbirth bday landline postleitzahl mailadresse emailadresse "
    "anschrift".split()
)
_OF_IT = frozenset("no nr nbr num number code id address addr line full value raw text one two e home work".split())
_MIXED = frozenset("to of for and s".split())

_MISSPELT = (
    "address email phone mobile telephone firstname lastname surname birthday birthdate birth street postal "
    "postcode passport password customer receiver recipient beneficiary licence license username maiden middle "
    "number telefon telefono adresse direccion nombre apellido vorname nachname strasse geburtsdatum receiver "
    "first personal nationality identity"
).split()
_NOT_MISSPELT = frozenset(
    "mail mobil posta hone nachnahme costume costumes hones adresse adres numer nomber numbers telefone".split()
)

# Phrases of other languages (and other phrases of English) for keys that a rule has.
_SAME = """
first name: imya, prvo ime, eigenname, nombres, noms de pila, nama depan, first given name, jmeno, krstne meno, mei,
 pangalan, jina la kwanza, нысын, аты, etunimet, given names kanji, mei kanji, mei kana, krstne, vards pirmais,
 নামের প্রথম অংশ, лично име, kereszt, kereszt nev, isminiz, nama panggilan, förnamn, imena, prenoms, prenom usuel,
 pren, vornamen, vorna, όνομα, ονομα, пръв имя, ім'я, имена, собствено име, الاسم الاول, الاسم الأول, שם פרטי,
 प्रथम नाम, पहला नाम, nome de batismo, nome proprio, vardas, eesnimi, anya neve, efirst, firstnm
last name: familiya, familija, familia, prezime, priimek, nume de familie, apellido paterno, apellido materno,
 cognoms, apelyido, jina la ukoo, тегі, نام خانوادگی, sei kanji, sei kana, পদবি, வம்சப்பெயர், segon cognom,
 primer cognom, geslachtsnaam, фамилно име, familienavn, sukunimi nyt, sei, apellidos paternos, ap paterno,
 ap materno, apepat, apemat, nama belakang, nama keluarga, nachn, nom usage, nom d usage, nom marital, nom naissance,
 soy isim, soyisim, soyadiniz, kizlik soyadi, sobrenomes, priezvisko, vezetek, vezetek nev, csaladi nev,
 szuletesi nev, lastnm, ename, επωνυμο, επίθετο, фамилия, фамилія, прізвище, презиме, اسم العائلة, اللقب, שם משפחה,
 นามสกุล, उपनाम, कुलनाम, 苗字, pavarde, uzvards, mbiemri, perekonnanimi, tyttonimi, pikenavn, födelsenamn,
 mothersmaiden, mothers maiden, cognome da nubile, nome de solteira, meisjesnaam, apellido de soltera
middle name: otchestvo, otcestvo, по батькові, отчество, бащино име, patronimico, patronyme, mellomnavn, mellannavn,
 segundo nombre, ten dem, srednje ime, middle nm
full name: fio, ho ten, ho va ten, ho ten khach hang, ten khach hang, nama lengkap, nama pelanggan, nama pemilik,
 bank account name, name of account holder, driver full name, last first, first last, opposing party,
 opposing party name, nominativo, jina kamili, jina lako, nama penuh, buong pangalan, pilnas vards, taisnimi,
 vardas pavarde, nom i cognoms, اسم المريض, اسم العميل الكامل, اسم الموظف, اسم الطالب, اسم المستفيد, اسم المستلم,
 نام و نام خانوادگی, نام کامل, نام مشتری, পুরো নাম, গ্রাহকের নাম, முழு பெயர், பெயர், ग्राहक नाम, पिता का नाम,
 माता का नाम, толық аты, аты жөні, ireum, kr name, 會員姓名, 客戶姓名, xm, xing ming, 收件者, 聯絡人, nome social,
 nm completo, no pessoa, nm pessoa, nm cliente, nama nasabah, nama pasien, nama karyawan, nama ibu kandung, nama ayah,
 nama suami, nama istri, apellidos nombre, apellidos y nombre, apellido y nombre, cognome nome, cognome e nome,
 nome cognome, 注文者名, 契約者名, 申込者名, 利用者名, 会員名, 患者名, 보호자명, 주문자명, 신청자명, 환자명, 수령인,
 받는분, 보호자, 담당자명, 신청인, اسم صاحب الحساب, اسم الزبون, ชื่อลูกค้า, ชื่อผู้ป่วย, ชื่อผู้รับ, 担当者, 代表者名,
 保護者, 申請者, 申込者, 受取人, 申请人, 经办人, 负责人, 监护人, 紧急联系人, 户主, 持卡人, 开户人, получатель,
 отправитель, ime i prezime korisnika, ten nguoi nhan, ten day du, name kr, name cn, name jp, name local,
 name in english, name eng, name hangul, name kanji, name romaji, han name, xingming, shimei, shimei kanji,
 seongmyeong, naam patient, pelny nazev, cele jmeno, jmeno prijmeni, meno a priezvisko, teljes neve, ονοματεπώνυμο,
 фио, піб, повне ім'я, полное имя, име и фамилия, الاسم الكامل, اسم العميل, שם מלא, ชื่อเต็ม, ชื่อ นามสกุล, पूरा नाम,
 ग्राहक का नाम, 氏名, 氏名漢字, お客様名, 顧客氏名, 客户姓名, 联系人, 收件人, 收货人, 乘客姓名, 성명, 고객명, 예금주,
 수취인, 받는사람, 담당자, nom et prenom, nom prenom, nom prenoms, nombre titular, nombre apellidos, kundes navn,
 koko nimi, koinh, kontoinhaber name, inhaber name, nume si prenume, nume prenume, ad soyad, ad soyadi, adi soyadi,
 isim soyisim, anyja neve, anyja leanykori neve, nome mae, nome da mae, nome do pai, nome pai, nombre madre,
 nombre padre, nom mere, nom pere, imie matki, imie ojca, vater name, mutter name, fathername, mothername,
 parent or guardian, contact details name, usual name
phone number: telepon, nomor telepon, nomor hp, no hp, no telp, no telepon, nomor handphone, handphone, no wa, sjh,
 sj hm, simu, nambari ya simu, telepono, talrunis, talruna numurs, telefonske, telefonska, broj mobitela,
 telefonne cislo, شماره تماس, شماره تلفن, شماره موبایل, تلفن همراه, فون نمبر, موبائل نمبر, মোবাইল নম্বর, ফোন নম্বর,
 மொபைல் எண், தொலைபேசி, தொலைபேசி எண், телефоны, मोबाइल नं, संपर्क नंबर, फोन नं, رقم الهاتف المحمول, هاتف محمول,
 رقم التواصل, 行動電話, 聯絡電話, tfno destinatario, telefono de contacto, no telefon, destination number,
 origination number, dialled number, dialed number, ani number, callback, call back number, free form number,
 text reminder number, sms reminder number, контактный телефон, телефон за връзка, contact tel no, tel nr privat,
 連絡先電話番号, 연락처, nomor wa, ponsel, so dien thoai, sdt, dien thoai, di dong, so di dong, nomer telefona,
 telefon raqami, mobilnyj, mobilnyi, mobilni, mobilne, mobiltel, denwa, denwa bango, denwabango, keitai, keitai bango,
 shouji, shouji hao, shoujihao, dianhua, jeonhwa, jeonhwabeonho, hyudaepon, hp no, telefonski broj, broj telefona,
 telefonska stevilka, cislo telefonu, telefonni cislo, mobilni telefon, mobilny, tel kom, telefon komorkowy,
 nr telefonu, nr tel, nr telefon, numar telefon, numar de telefon, telefon mobil, telefon privat, telefon dienstlich,
 tel privat, tel prive, mobilnr, mobiltelefon nr, handynr, handy nr, mobiel nummer, mobiele telefoon, puh, puhelinnro,
 matkapuhelin nro, gsm no, cep tel, cep no, cep telefonu no, telefon no, ev telefonu, is telefonu, telefonsz,
 mobilszam, telefon szam, tel portable, tel mobile, tel domicile, tel fixe, portable perso, numero tel, num telephone,
 numero portable, telefono celular, telefono casa, tel cel, tel celular, numero movil, num movil, telf movil,
 cell phone no, cellulare personale, recapito telefonico, recapito, contacto telefonico, telemovel pessoal, τηλέφωνο,
 τηλ, κινητό, αριθμός τηλεφώνου, кινητο τηλέφωνο, телефон, номер телефона, мобильный, мобильный телефон, сотовый,
 мобільний, мобільний телефон, номер телефону, телефонен номер, мобилен, الهاتف, رقم الهاتف, الجوال, رقم الجوال, جوال,
 هاتف, موبايل, رقم الموبايل, טלפון, טלפון נייד, נייד, מספר טלפון, เบอร์โทร, เบอร์โทรศัพท์, โทรศัพท์, มือถือ,
 เบอร์มือถือ, मोबाइल, मोबाइल नंबर, फ़ोन, फोन, फोन नंबर, दूरभाष, 携帯番号, 携帯電話, 連絡先, 手机号码, 联系电话,
 联系方式, 電話號碼, 手機, 휴대폰, 휴대폰번호, 휴대전화, 핸드폰, 전화, telf, telf1, teln, telnum, daytime number,
 evening number, callback no, phonecell, phonehome, phonework, mobiltelefonnr, tel home, tel work, tel mob,
 number to call, caller msisdn, mobile contact, a number, b number, calling party, called party, calling party number,
 called party number, wa id, waid, whatsapp id
email: epost, e post, eposta, e posta, surel, alamat email, correo, correo electronico, courriel, adresse mail,
 電子信箱, barua pepe, el pasts, el pastas, e post aadress, ایمیل, ই মেইল, மின்னஞ்சல், adresse courriel,
 posta elettronica, indirizzo email, endereco de email, sahkoposti, sahkopostiosoite, mejl, adres email, email cim,
 adresa de email, ηλεκτρονικό ταχυδρομείο, электронная почта, эл почта, електронна пошта, имейл, البريد الالكتروني,
 البريد الإلكتروني, דואר אלקטרוני, מייל, אימייל, อีเมล, ईमेल, メール, メールアドレス, 邮箱, 电子邮箱, 电子邮件, 郵箱,
 이메일, dia chi email, smtp addr, imel
address: alamat, alamat lengkap, alamat rumah, dia chi, noi o, dizhi, jiating zhuzhi, jusho, juso, adres zamieszkania,
 zamieszkaly, zamieszkala, zameldowany, anwani, tirahan, naslov stranke, trvaly pobyt, prechodny pobyt, aadress,
 elukoht, adrese, adresas, gyvenamoji vieta, adreca, آدرس, نشانی, پتہ, ঠিকানা, முகவரி, мекенжайы, वर्तमान पता,
 محل الإقامة, مكان السكن, 通訊地址, 戶籍地址, 居住地址, 联系地址, 通信地址, dz, jyusyo, jyuusho,
 alamat surat menyurat, plz ort, plzort, zip city, plz und ort, cp ville, code postal ville, cap citta,
 postcode plaats, postnr by, postnr ort, psc mesto, postal code and city, zip and city, adres zameldowania,
 adres korespondencyjny, adres dostawy, adres registracii, adres prozhivaniya, adresa bydliste, bydliste,
 trvale bydliste, adresa trvaleho pobytu, adresa domiciliu, domiciliu, lakcime, lakcim, ertesitesi cim,
 szallitasi cim, osoite, kotiosoite, katuosoite, postiosoite, toimitusosoite, bostadsadress, hemadress,
 leveransadress, gateadresse, bostedsadresse, bopael, bopal, hjemmeadresse, ev adresi, is adresi, teslimat adresi,
 fatura adresi, acik adres, adresi, adresiniz, kucni naslov, naslov, adresa stanovanja, adresa prebivalista,
 wohnadresse, meldeadresse, privatanschrift, privatadresse, lieferanschrift, rechnungsanschrift, woonadres,
 bezorgadres, factuuradres, afleveradres, adresse domicile, adresse livraison, adresse facturation, adresse complete,
 direccion completa, direccion domicilio, direccion residencia, direccion envio, direccion facturacion,
 domicilio particular, domicilio fiscal, indirizzo residenza, indirizzo domicilio, indirizzo spedizione, residenza,
 endereco residencial, endereco completo, endereco entrega, morada completa, διεύθυνση, διεύθυνση κατοικίας, адрес,
 адрес проживания, адрес регистрации, место жительства, адреса, адреса проживання, адрес доставки, العنوان, عنوان,
 عنوان السكن, כתובת, כתובת מגורים, ที่อยู่, ที่อยู่จัดส่ง, पता, घर का पता, स्थायी पता, 住所, 自宅住所, お届け先住所,
 住址, 家庭住址, 收货地址, 详细地址, 주소, 집주소, 배송지, 배송주소, 도로명주소, deliver to, deliver to address,
 dropoff address, pickup address, addr full, residence addr
street: strasse hausnr, strassehausnr, strasse hausnummer, strasse und hausnummer, strassenname, str hausnr, add line,
 addr ln, address ln, adr ln, address first line, first line of address, lahiosoite, carrer, address house,
 ds endereco, nm logradouro, nombre de via, strasse nr, street and number, street and nr, street no, gatenavn,
 gatuadress, gatunamn, adresse rue, rue et numero, libelle voie, nom rue, nom de la voie, nombre calle, nombre via,
 via residenza, nome rua, lograd, ulice, ulice cislo, ulica numer, utca, utca hazszam, kozterulet neve, strada numar,
 sokak, sokak adi, cadde, mahalle, sokak no, ulitsa, улица, вулиця, οδός, οδος, الشارع, شارع, רחוב, ถนน, सड़क, गली,
 番地, 街道, 街道地址, 도로명, jalan, nama jalan, duong, ten duong, katu, katuosoite, vejnavn, gadenavn, gade og nr,
 ulica i broj, house number or name, house name, house no, home street, road, shipto street, bill street, line one,
 addressee line
house number: nr domu, numer domu, nr lokalu, hausnr, huisnr, hazszam, cislo popisne, cislo domu, numero civico,
 civico, num ext, num int, numero exterior, numero interior, numero casa, numero de porta, kapi no, bina no, daire no,
 husnr, husnummer, gatenummer, talonumero, numero de rue, num voie, numero voie, номер дома, квартира, будинок
city: kota, kab kota, kabupaten, tempat tinggal, thanh pho, mesto bydliste, obec bydliste, obec mesto, user location,
 nato a, nata a, urodzony w, nascido em, localita residenza, localita, 居住城市, населено място, gorod prozhivaniya,
 gorod dostavki, szuletesi hely, szulhely, wohnsitz ort, residenza comune, residenza citta, no municipio,
 nm municipio, delegacion municipio, home town name, profile location, candidate location, contact location,
 customer location, member location, person location, luogo nascita, lieu de residence, hometown city, geboortestad,
 miejscowosc zamieszkania, lakohely, localitate, localitatea, oras, orasul, sehri, il ilce, ilce, bostadsort, postort,
 poststed, bynavn, asuinkunta, kotikunta, kunta, localite, commune residence, ville residence, ville naissance,
 poblacion, localidad, municipio residencia, comuna, citta residenza, comune residenza, comune di residenza,
 comune nascita, luogo residenza, freguesia, concelho, cidade natal, tempat lahir, noi sinh, que quan, место рождения,
 город, місто, населений пункт, населённый пункт, πόλη, πολη, المدينة, مدينة, עיר, ישוב, เมือง, อำเภอ, शहर, नगर, जिला,
 市町村, 出身地, 城市, 所在城市, 도시, 시군구, ort, wohnort, ortsname, ort01, gebort, gbort, geburtsstadt,
 lugar nacimiento, lieu naissance, naissance lieu, birth place, pob, town or city, post town, town name, town nm
postal code: kode pos, kodepos, ma buu dien, ma buu chinh, yubin bango, yuubin, youbian, oopyeonbeonho, pstlz, pstcd,
 pstlcd, zipcd, postal zone, residenza cap, indeks pochty, pochtovyi indeks, почтовый_индекс, zip postal,
 deliverypostcode, kodpocztowy, psc, irsz, ir szam, iranyito szam, cod postal, codpostal, cp, cod cap,
 codice avviamento postale, cep, posta kod, postakodu, zip kodu, postnummer nr, postinro, pochtovyj indeks,
 postanski broj, postna stevilka, ταχυδρομικός κώδικας, τκ, почтовый индекс, индекс, поштовий індекс, індекс,
 пощенски код, الرمز البريدي, رمز بريدي, מיקוד, รหัสไปรษณีย์, पिन कोड, पिनकोड, डाक कोड, 郵便番号, 邮政编码, 邮编,
 郵遞區號, 우편번호, plz code, post cd, zip or postcode, zip plus four, zip postcode
date of birth: tanggal lahir, tgl lahir, ngay sinh, chusheng riqi, shengri, seinengappi, tanjoubi, saengnyeonworil,
 data ur, data urodz, dt ur, kapanganakan, petsa ng kapanganakan, tarehe ya kuzaliwa, tarikh lahir, sunniaeg,
 sunnikuupaev, gimimo data, dzimsanas datums, datum rojstva, datum rodenia, data naixement, data de naixement,
 تاریخ تولد, تاریخ پیدائش, জন্ম তারিখ, பிறந்த தேதி, туған күні, जन्मदिन, 出生年月日, birth ymd, birth yyyymmdd,
 birthymd, csrq, تاريخ ميلاد, تاريخ ميلاد العميل, dt nascto, saengil, data rozhdeniya, data rozdeniya, den rozhdeniya,
 datum rodjenja, datum narozeni, datnar, szul datum, szuletes, szul ido, szuletesi ev, data nasterii, data nastere,
 nascut, dogum tarih, dogum gunu, syntyma aika, syntymapv, fodt dato, fodselsdato, foedselsdato, fodelseda, geb dat,
 gebdat, gbdat, gebdatum, geboren am, geb am, ddn, dnais, date nais, d naissance, dt naissance, date de naiss,
 fec nacimiento, f nacimiento, fnac, fech nac, fecha nac, dt nasc, dt nascimento, data nasc, nasc, dt nascita,
 nato a il, data nasc cliente, geboortedat, gebdat patient, дата рождения, день рождения, дата народження,
 день народження, дата на раждане, ημερομηνία γέννησης, ημνία γέννησης, ημ γέννησης, تاريخ الميلاد, תאריך לידה,
 วันเกิด, วันเดือนปีเกิด, जन्म तिथि, जन्मतिथि, जन्म तारीख, जन्म दिनांक, 生年月日, 誕生日, 出生日期, 生日, 出生年月,
 생년월일, 생일, b date, bdate, birth ts, birthdt, birth dob, day of birth, dob date
passport number: paspor, nomor paspor, no paspor, ho chieu, so ho chieu, ryoken bango, yeogwon, pasaport, pasaport no,
 pasport seriya, pasport nomer, seria si numarul, cislo pasu, utlevel, utlevel szam, utlevelszam, passinumero,
 pass nr, passnr, passnummer, reisepass, reisepassnummer, reisepass nr, num passeport, numero passeport, passeport,
 pasaporte, num pasaporte, numero pasaporte, passaporto, numero passaporto, num passaporte, passaporte, paspoort,
 paspoortnummer, paspoort nr, nr paszportu, paszport, διαβατήριο, αριθμός διαβατηρίου, паспорт, номер паспорта,
 серия паспорта, серия и номер паспорта, رقم الجواز, جواز السفر, מספר דרכון, דרכון, พาสปอร์ต, หนังสือเดินทาง,
 पासपोर्ट, पासपोर्ट नंबर, パスポート番号, 旅券番号, 护照, 护照号, 护照号码, 여권, 여권번호, passport book no,
 passport no, ppt no, pptno, document passport, travel doc no, travel document, travel document number, traveldoc,
 documento viaje
national id: nat id, natid, nat id no, national no, id card, id card no, id card number, idcard, idcardno, sfzh, sfz,
 رقم البطاقة, رقم البطاقة الشخصية, کد ملی, شناختی کارڈ, জাতীয় পরিচয়পত্র, jumin no, no kp, kad pengenalan, isikukood,
 asmens kodas, personas kods, kitambulisho, identificatienummer, identificatie nummer, nif declarante, dni titular,
 dni cliente, מספר זהות, identifikationsnummer, identification id, kyc id, nu cpf, id document, id document number,
 id document no, identity document, identity document no, num id, id doc, doc identite, iddocument num,
 identity card no, identity card number, identity card, identity no, identity number, identity document number,
 id doc number, citizen id, citizen no, citizen number, civil id, civil no, resident no, resident number,
 resident registration, personal id, personal id no, personal number, pers id, perid, id number, identification no,
 identification number, government id, govt id, gov id, nid, nid no, cedula, cedula ciudadania, nro documento,
 num documento, numero documento, numero de documento, documento identidad, documento de identidad, doc identidad,
 nro doc, numdoc, num doc, dni nie, carte identite, numero carte identite, cni, ausweis, ausweisnummer,
 personalausweis, personalausweisnummer, ausweisnr, identiteitskaart, id kaart, dowod osobisty, nr dowodu,
 seria i numer dowodu, szemelyi szam, szemelyi igazolvany, igazolvany szam, cislo op, obciansky preukaz,
 cislo obcianskeho preukazu, serie ci, buletin, kimlik no, tc no, tckn, nufus cuzdan, henkilokorttinumero,
 lichna karta, licna karta, broj licne karte, osobna iskaznica, αριθμός ταυτότητας, ταυτότητα, удостоверение личности,
 єдрпоу, رقم الهوية, الهوية, رقم الهوية الوطنية, الرقم القومي, תעודת זהות, เลขบัตรประชาชน, เลขประจำตัวประชาชน,
 บัตรประชาชน, आधार, आधार संख्या, आधार नंबर, पहचान पत्र, 身份证, 身份证号, 身份证号码, 证件号, 证件号码, 個人番号,
 マイナンバー, 주민등록번호, 주민번호, 주민, no ktp, nomor ktp, ktp, shenfenzheng, shenfenzheng hao, cmnd, cccd,
 so cmnd, so cccd, can cuoc, kyc doc number
tax id: ma so thue, mst, npwp, inn, steuer id, steuerid, steuernummer, num fiscal, numero fiscal, nif,
 nif contribuinte, contribuinte, codigo fiscal, cod fiscal, codfisc, codice fiscale, p iva, partita iva, adoszam,
 adoazonosito, adoazonosito jel, vergi no, vergi numarasi, αφμ, инн, іпн, ідентифікаційний код, الرقم الضريبي,
 เลขผู้เสียภาษี, 税号, 納税者番号, taxpayer no, taxpayer number, taxpayer id, taxpayer identification number,
 tax number, tax no, tax file number, tax ref, tax reference, cuit cuil
bank account: rekening, no rekening, nomor rekening, so tai khoan, rekeningnr, rekening nr, konto nr, kontonr,
 bank account details, bank acct details, bank acc, kontoverbindung, datos bancarios, coordonnees bancaires,
 kontonummer, kontonum, nr konta, nr rachunku, cislo uctu, bankszamla, bankszamlaszam, szamlaszam, cont bancar,
 hesap no, hesap numarasi, tilinumero, numero conta, conta corrente, conta bancaria, num conta, numero compte,
 num compte, compte bancaire, numero cuenta, num cuenta, cuenta bancaria, nro cuenta, conto corrente, numero conto,
 bankn, bank acc no, bank acct, bank acct no, acct num, acctno, dfi account number, номер счета, расчетный счет,
 рахунок, λογαριασμός, رقم الحساب, מספר חשבון, เลขบัญชี, เลขที่บัญชี, खाता संख्या, 口座番号, 银行账号, 銀行帳號,
 계좌번호
routing number: routing, routing no, aba, aba no, aba number, aba routing, odfi routing, rdfi routing, bank routing,
 transit routing
username: usr name, xauth user, xauthuser, usrid, login user, logon user, logon name, account username,
 sam account name, samaccountname, enduser id, kullanici, nama pengguna, ten dang nhap, uzivatel, anvandarnamn,
 brukernavn, felhasznalo, utilizator, loginid, screen nm, gh username, gamer name, steam name, tw handle, ig,
 ig handle, snapchat handle, tiktok handle, fb username, threads handle, youtube handle, telegram username,
 tg username, wechat id, weixin, kakao id, skype name, login nm, anvandare id, användarnamn, логин, имя аккаунта,
 όνομα χρήστη, اسم المستخدم, שם משתמש, ชื่อผู้ใช้, उपयोगकर्ता नाम, ユーザーid, 用户名, 账户名, 사용자명
license plate: plat nomor, nopol, bien so, chepai, kennz, kfz kennzeichen, kfzkennzeichen, amtl kennzeichen,
 nummernschild, immat, immatriculation, plaque immatriculation, matricula, placa, targa, kenteken, nr rej,
 nr rejestracyjny, nr rejestracyjne, regnr, registreringsnummer, rekisterinumero, spz, rendszam, nr inmatriculare,
 plaka, plaka no, reg plate, vrm, vehicle reg, vehicle plate, number plate, car plate, госномер, номер авто,
 номерной знак, лوحة, رقم اللوحة, ทะเบียนรถ, 車両番号, 车牌, 车牌号, 차량번호, πινακίδα
driver license: nomor sim, giay phep lai xe, fuehrerschein, fuehrerschein nr, fuehrerscheinnummer, fuhrerschein,
 fuhrerscheinnr, fuhrerschein nummer, permis, permis conduire, permis de conduire, num permis, licencia conducir,
 licencia de conducir, carnet conducir, patente di guida, cnh, carta de conducao, rijbewijs, rijbewijsnummer,
 prawo jazdy, nr prawa jazdy, korkort, korkortsnummer, korekort, forerkort, ajokortti, ridicsky prukaz, jogositvany,
 permis auto, ehliyet, ehliyet no, водительское удостоверение, посвідчення водія, رخصة القيادة, ใบขับขี่, 運転免許,
 免許証番号, 驾驶证, 驾照, 운전면허, 면허번호, dl no, dl num, dl nbr, dlno, drivers lic, driver lic no,
 driving licence no
vehicle identification number: fin, fahrgestellnummer, fahrgestellnr, fahrzeug identnummer, numero chassis,
 num chassis, numero de chassis, telaio, numero telaio, bastidor, numero bastidor, chassisnummer, chassis no, nr vin,
 sasi no, chassinummer, alvazszam, 车架号, 차대번호, 車台番号
access token: token acesso, token de acesso, token acceso, token de acceso, token d acces, jeton d acces, jeton acces,
 zugriffstoken, zugangstoken, token dostepu, toegangstoken, token di accesso, token accesso
password: kata sandi, mat khau, parol, sifre, heslo, jelszo, lozinka, salasana, losenord, passord, adgangskode,
 κωδικός πρόσβασης, пароль, كلمة المرور, סיסמה, รหัสผ่าน, पासवर्ड, パスワード, 密码, 密碼, 비밀번호, passwrd, psswd,
 psswrd, user pass, userpass, wifi key, wpa key, wpa psk, psk, wifi psk, wifi pass, wifi password, network key,
 preshared key, pre shared key
"""


def same_as() -> dict[str, list[str]]:
    """The key of a rule → the phrases that mean it."""
    found: dict[str, list[str]] = {}
    for line in _SAME.replace("\n ", " ").strip().splitlines():
        key, _, phrases = line.partition(":")
        found[key] = list(dict.fromkeys(phrase.strip() for phrase in phrases.split(",") if phrase.strip()))
    return found


def plain(words: Sequence[str]) -> list[str] | None:
    """The plain words for the words of a path, or None where they are plain already."""
    out: list[str] = []
    changed = False
    for word in words:
        other = _word(word)
        if other is None:
            out.append(word)
        else:
            changed = True
            out.extend(other)
    return out if changed else None


@lru_cache(maxsize=50_000)
def _word(word: str) -> tuple[str, ...] | None:
    short = _SHORT.get(word)
    if short is not None:
        return tuple(short)
    if len(word) > 40 or not word.isascii():
        return None
    right = _RIGHT.get(word)
    if right is not None:
        return (right,)
    if len(word) < 5 or word in _WHAT or word in _WHOSE:
        return None
    parts = _apart(word)
    if parts is None:
        return None
    return tuple(plain_part for part in parts for plain_part in _SHORT.get(part, [part]))


def _apart(word: str) -> list[str] | None:
    """``word`` as whose, what and what of it, each at least once or not at all; None where it is no such word."""
    size = len(word)
    # state 0: whose, 1: what, 2: what of it; the longest pieces first
    stack: list[tuple[int, int, list[str]]] = [(0, 0, [])]
    seen: set[tuple[int, int]] = set()
    while stack:
        at, state, parts = stack.pop()
        if at == size:
            if state >= 1 and len(parts) > 1:
                return parts
            continue
        if (at, state) in seen:
            continue
        seen.add((at, state))
        for end in range(at + 1, min(size, at + 16) + 1):
            piece = word[at:end]
            if state == 0 and (piece in _WHOSE or (at and piece in _MIXED)):
                stack.append((end, 0, [*parts, piece] if piece != "s" else parts))
            if state <= 1 and piece in _WHAT:
                stack.append((end, 1, [*parts, piece]))
            if state >= 1 and piece in _OF_IT:
                stack.append((end, 2, [*parts, piece]))
    return None


def _wrong_spellings(word: str) -> set[str]:
    """One letter left out, two changed places, one doubled, one vowel for another."""
    found = {word[:at] + word[at + 1 :] for at in range(1, len(word))} if len(word) > 4 else set()
    found |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    found |= {word[:at] + word[at] + word[at:] for at in range(len(word))}
    if len(word) > 6:
        found |= {
            word[:at] + vowel + word[at + 1 :] for at in range(len(word)) if word[at] in "aeiou" for vowel in "aeiou"
        }
    return {other for other in found if other != word and len(other) > 3}


_RIGHT = {wrong: word for word in _MISSPELT for wrong in _wrong_spellings(word)}
for _known in (*_MISSPELT, *_WHAT, *_WHOSE, *_NOT_MISSPELT, *_SHORT):
    _RIGHT.pop(_known, None)


def tail_of(word: str, keys: Container[str]) -> str | None:
    """The end of a word of Chinese, Japanese or Korean that is itself a key: ``家庭住址`` ends with ``住址``."""
    if len(word) < 3 or word.isascii():
        return None
    last = word[-1]
    if not ("\u1100" <= last <= "\u11ff" or "\u3040" <= last <= "\u9fff" or "\u0e00" <= last <= "\u0e7f"):
        return None
    for at in range(1, len(word) - 1):
        if word[at:] in keys and word[at:] not in _NOT_TAILS:
            return word[at:]
    return None


_NOT_TAILS = frozenset(
    unicodedata.normalize("NFKD", word) for word in ("이름", "名前", "名字", "아이디", "메일", "전화", "账号", "담당자")
)
