"""Small words of many languages that models and lists of names take for names: pronouns, verbs, words of politeness.

Written in small letters, or at the start of a text, each is read as the word that it is: ``beni arayın`` asks to be
called, though some people are called Beni. Words that are names first of all (``will``, ``mark``) are not here.
"""

from __future__ import annotations

SMALL_WORDS = frozenset(
    word
    for line in (
        # Turkish
        "beni bana bende benden seni sana sende onu ona onlar onun bizi bize bizde sizi size sizde sizden benim senin "
        "bizim sizin yeni eski nerede neden niye nasıl hangi kimse var yok evet hayır tamam lütfen teşekkürler "
        "merhaba iyi günler kadar için gibi ama fakat ancak çünkü şimdi bugün yarın dün sonra önce hala hâlâ "
        "artık bile daha çok az her hiç bazı tüm bütün aynı başka diğer olarak oldu olan olur değil gelen giden arayın "
        "arar ara aradım acil sipariş fatura kart hesap şifre ürün kargo",
        # Portuguese, Spanish
        "liga ligar ligou ligue ligo manda mande mandar envie envia enviar favor obrigado obrigada bom boa dia tarde "
        "noite amanhã amanha ontem hoje agora cedo depois ainda sempre nunca muito pouco tudo nada alguém ninguém "
        "quem onde quando porque você vocês meu minha seu sua esse essa isso este esta isto aqui lá pra pro pelo "
        "pela mas ou sim não nao llama llame llamar llamo manda mande envia envía gracias buenos buenas días noches "
        "mañana ayer hoy ahora luego después todavía siempre nunca mucho poco todo nada alguien nadie quién dónde "
        "cuándo usted ustedes mi su ese esa eso esto aquí allí pero sino sí cuenta tarjeta pedido factura",
        # Italian, French
        "chiama chiami chiamare grazie buongiorno buonasera domani ieri oggi adesso dopo ancora sempre molto poco "
        "tutto niente qualcuno nessuno chi dove quando perché lei loro suo sua questo questa quello quella qui "
        "però oppure sì conto ordine appelle appelez appeler merci bonjour bonsoir demain hier maintenant après encore "
        "toujours jamais beaucoup peu tout rien quelqu personne qui où quand pourquoi vous nous elle elles mon ma mes "
        "votre vos notre nos leur cette cet ces ici mais oui non compte carte commande facture",
        # German, Dutch
        "bitte danke hallo guten morgen heute gestern jetzt später noch immer nie viel wenig alles nichts jemand "
        "niemand wer wo wann warum ich du er sie es wir ihr mein meine dein deine sein seine unser euer dieser diese "
        "dieses hier dort aber oder ja nein nicht kein keine ruf rufen kunde kundin konto karte bestellung rechnung "
        "alsjeblieft dank hallo goedemorgen vandaag gisteren nu later nog altijd nooit veel weinig alles niets iemand "
        "wie waar wanneer waarom ik jij hij zij wij jullie mijn jouw zijn haar onze deze dit hier daar maar of nee "
        "niet geen bel bellen klant rekening kaart bestelling factuur",
        # Swedish, Danish, Norwegian, Finnish
        "tack hej hejsan snälla imorgon idag igår nu senare ännu alltid aldrig mycket lite allt inget någon ingen vem "
        "var när varför jag du han hon vi ni min din sin vår er denna detta här där men eller ja nej inte ring ringa "
        "kund konto kort faktura tak hilsen venlig morgen går senere stadig altid aldrig meget lidt alt intet "
        "nogen ingen hvem hvor hvornår hvorfor jeg han hun dere mitt ditt vår denne dette her der eller ikke ringe "
        "takk hei vennligst kunde kiitos moi terve huomenna tänään eilen nyt myöhemmin vielä koskaan paljon vähän "
        "kaikki joku kukaan kuka missä milloin miksi minä sinä hän me te he minun sinun tämä täällä mutta tai kyllä ei "
        "soita soittakaa tili kortti tilaus lasku",
        # Polish, Czech, Slovak, Hungarian, Romanian, Croatian
        "proszę dziękuję dzień dobry jutro dzisiaj wczoraj teraz później jeszcze zawsze nigdy dużo mało wszystko nic "
        "ktoś nikt kto gdzie kiedy dlaczego ja ty on ona my wy oni mój moja twój twoja ten ta to tutaj tam albo tak "
        "nie zadzwoń konto karta faktura prosím děkuji dobrý zítra dnes včera teď později ještě vždy nikdy hodně málo "
        "vše něco nikdo kdo kde kdy proč já ty on ona můj moje tento tato zde nebo ano ne zavolejte účet karta "
        "ďakujem zajtra včera teraz neskôr ešte vždy nikdy veľa všetko nikto kto kedy prečo môj alebo áno nie kérem "
        "köszönöm holnap ma tegnap most később még mindig soha sok kevés minden semmi valaki senki ki hol mikor miért "
        "én te ő mi ti ők itt ott de vagy igen nem hívjon számla kártya vă rog mulțumesc mâine azi ieri acum încă "
        "mereu niciodată mult puțin tot nimic cineva nimeni cine unde când eu tu el ea noi voi ei meu mea aici acolo "
        "dar sau da nu sunați cont card molim hvala sutra danas jučer sada kasnije uvijek nikad puno malo sve ništa "
        "netko nitko tko gdje kada zašto moj moja ovdje ili nazovite račun kartica",
    )
    for word in line.split()
)
