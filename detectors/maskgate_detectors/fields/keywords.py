"""Words of keys that are known: who a person is, what is a name, what only qualifies another word."""

from __future__ import annotations

QUALIFIERS = frozenset(
    "value values val text raw str string data field content current old new previous prev primary secondary "
    "main alphabetic ideographic phonetic free form "
    "asignado assigned tratante traitant curante prawny responsable responsible designated behandelnd zustandig "
    "home work office private personal business mobile other alt alternate alternative backup default original "
    "normalized normalised formatted clean plain input entered list line verified before after from to in full "
    "privat private prive privee privato personale persoonlijk domicile casa casella dienstlich beruflich pro perso "
    "domov domu rumah hjem arbejde trabajo lavoro travail temp temporary permanent ov nv "
    "nueva nuevo nova novo atual neu neue neues alt alte nieuw nieuwe oud oude nuova nuovo vecchia attuale "
    "nouveau nouvelle "
    "ancien ancienne actuel nowe stare новый старый админа админ 확인 新 旧 v".split()
)
PERSON_WORDS = frozenset(
    "customer client user person people member employee patient contact owner holder cardholder recipient sender "
    "receiver author applicant candidate student teacher guest passenger driver resident tenant subscriber "
    "buyer payer payee beneficiary donor spouse partner wife husband child mother father parent guardian "
    "doctor physician nurse lawyer manager agent assignee reporter requester approver signer signatory signee "
    "witness attendee participant player actor consumer shopper visitor caller insured policyholder debtor creditor "
    "billing shipping delivery individual human staff worker colleague friend "
    "emergency kin dependent dependant traveller traveler voter citizen borrower lender landlord supervisor lead "
    "borrower heir claimant defendant plaintiff victim suspect who me self "
    "kunde kundin benutzer nutzer mitarbeiter mitarbeiterin patientin ansprechpartner inhaber empfanger absender "
    "kontoinhaber versicherte versicherter mieter gast fahrgast besteller antragsteller teilnehmer "
    "utilisateur destinataire expediteur titulaire assure salarie employe eleve voyageur conjoint personne "
    "usuario cliente persona empleado paciente titular destinatario remitente pasajero contacto "
    "utente persona dipendente paziente intestatario destinatario mittente passeggero "
    "usuario funcionario pessoa destinatario remetente passageiro contato "
    "klant gebruiker medewerker ontvanger afzender persoon patient houder reiziger "
    "klient uzytkownik osoba pracownik odbiorca nadawca pacjent "
    "kund anvandare anstalld mottagare avsandare innehavare "
    "musteri kullanici kisi calisan alici gonderen hasta "
    "originator initiator party guarantor referrer referee invitee inviter eater addressee consignee consignor "
    "athlete "
    "pusher commenter organizer organiser speaker neighbour neighbor roommate sibling brother sister son daughter "
    "relative policyowner trustee executor cosigner coborrower obligor vendedor comprador asegurado beneficiario "
    "inquilino alumno alumna padre madre mae pai mere pere mutter vater kind ehepartner bewerber bewerberin fahrer "
    "fahrerin halter zeuge locataire proprietaire beneficiaire patientin medecin acheteur vendeur emprunteur "
    "dipendente conducente beneficiario proprietario locatario genitore figlio coniuge medico dottore "
    "paxes pax residente residenti uczen opiekun segurado inwoner bewoner einwohner declarant cidadao cittadino "
    "ciudadano "
    "citoyen obywatel habitante medico medecin arzt lekarz doktor titularul asegurada clienta pacienta "
    "cashier honouree honoree courier rider zeugen swiadek swiadkowie zalovany zalobce vardnadshavare fahrzeughalter "
    "testigo testigos temoin temoins testimone kierowca chauffeur autista bestuurder kassierer kassiererin cajero "
    "caissier begleitperson vormund tuteur nasabah bayi cucu ibu ayah anak suami istri "
    "rodzic opiekun matka ojciec foralder forelder elever student studentka apoderado acudiente declarante "
    "solicitante kerelmezo solicitant zglaszajacy acreditado nabywca sprzedawca kupujacy koper verkoper kaufer "
    "verkaufer zamawiajacy najemca huurder verhuurder vermieter arrendatario inquilina locatore conduttore "
    "pokupatel poluchatel otpravitel vladelets voditel zayavitel "
    "angajat client pacient destinatar expeditor titular karyawan pegawai pelanggan pasien penerima pengirim pemilik "
    "zakaznik zamestnanec pacient prijemce odesilatel munkavallalo ugyfel cimzett felado dolgozo asiakas tyontekija "
    "potilas vastaanottaja ansatt medarbejder modtager afsender mottaker avsender kunde pasient elev "
    "zaposlenik korisnik radnik kupac sluzhashchiy klyent sotrudnik "
    "сотрудник клиент пользователь покупатель получатель отправитель пациент работник клієнт співробітник отримувач "
    "клиента пользователя покупателя получателя отправителя пациента сотрудника работника заявителя владельца "
    "водителя "
    "заявитель владелец водитель свидетель абонент вкладчик заказчик студент ученик ребенок мать отец супруг "
    "العميل الزبون المستخدم المريض الموظف المستلم المرسل "
    "klienta pacjenta pracownika odbiorcy nadawcy uzytkownika osoby zakaznika kunden patienten "
    "πελατης υπαλληλος χρηστης ασθενης παραληπτης πελατη".split()
)
OF_PERSON = PERSON_WORDS | frozenset("of the de del della dello du des do da di la le van von den der het".split())
NAME_WORDS = frozenset(
    "name nom nombre nome naam imie namn isim ad vollname fullname navn nimi jmeno meno nume nama ismi imya".split()
)
BARE_NAMES = NAME_WORDS | frozenset("nev ime adi ten nm".split())  # of keys; in a text they end too many other words
