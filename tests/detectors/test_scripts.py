"""What rules carry in scripts without capitals, and telephone numbers and birthdays by the words of many languages."""
# ruff: noqa: E501  (a sentence reads best on one line)

from __future__ import annotations

import json

import pytest

from maskgate_detectors import Engine, EngineConfig

SAID = (
    "周晓燕来电投诉，收货地址是⟦江苏省苏州市姑苏区人民路88号⟧", "我叫⟦陈志强⟧，订单没有收到", "收件人：⟦李娜⟧，电话不通", "⟦高橋美和⟧と申します", "⟦京都市左京区下鴨5-2-1⟧に引っ越しました", "昨日⟦鈴木⟧さんから電話がありました",
    "제 이름은 ⟦김서연⟧이고 학생입니다", "⟦부산광역시 해운대구⟧에 삽니다", "⟦박지훈⟧ 씨가 환불을 요청했습니다", "मैं ⟦अनीता वर्मा⟧ हूँ", "मैं ⟦जयपुर⟧ में रहती हूँ", "شكرا، اسمي ⟦فاطمة حداد⟧.", "שלום, שמי ⟦רונית אברהמי⟧.", "ผู้ติดต่อคือนางสาว⟦กมลวรรณ ศรีสุข⟧",
    "Pouvez-vous me rappeler au ⟦06 51 84 27 39⟧ ?", "Handynummer ⟦0151 72839164⟧, bitte zurückrufen", "numaram ⟦0541 927 36 18⟧", "मुझे ⟦98317 46250⟧ पर कॉल करें".replace("मुझे ⟦", "फ़ोन ⟦"), "me liga no ⟦(11) 97461-2830⟧", "nobody picks up on ⟦528 417 309⟧, tried twice",
    "zadzwoń pod ⟦601 234 567⟧", "ring mig på ⟦070-174 06 05⟧", "soita numeroon ⟦040 123 4567⟧".replace("soita", "puhelin, soita"), "zavolejte na ⟦601 123 456⟧", "bel me op ⟦06-12345678⟧", "chiamami al ⟦347 123 4567⟧", "llámame al ⟦612 34 56 78⟧",
    "nací el ⟦17/09/1988⟧ en otra ciudad", "nasci em ⟦04/11/1979⟧", "urodziłam się ⟦21.02.1990⟧", "doğum tarihim ⟦05.06.1994⟧", "生年月日は⟦1979年3月4日⟧です", "मेरी जन्म तिथि ⟦14/02/1991⟧ है", "je suis née le ⟦12/03/1985⟧", "ich bin geboren am ⟦3.4.1977⟧",
    "sono nata il ⟦01/05/1990⟧", "jag är född ⟦1984-02-29⟧", "narodila jsem se, narozená ⟦5.6.1991⟧", "születtem: ⟦1990.05.06⟧", "родилась ⟦12.04.1983⟧", "생년월일 ⟦1990년 5월 6일⟧", "ngày sinh ⟦12/05/1990⟧", "口座番号⟦4829173⟧に振り込んでください", "खाता संख्या ⟦50284917362⟧ में पैसे भेजें",
    "मेरा पैन ⟦BKRPM3640K⟧ है", "マイナンバーは ⟦372720904661⟧ です",
)  # fmt: skip
NOTHING = (
    "发票页面上的蓝色按钮从昨天起就不能用了", "请问客服电话什么时候开通", "北京时间8点开始维护", "用户名称不能为空", "患者信息已更新", "請求書のボタンが動きません", "お客様は神様です", "患者さんの記録を更新", "皆様のご協力", "市場は5時に終了します",
    "청구서 페이지의 버튼이 작동하지 않습니다", "이용자님께 알려드립니다", "고객님 안녕하세요", "서울 날씨가 좋아요", "मैं बहुत परेशान हूँ", "घर में रहता हूँ", "बिल पेज पर बटन काम नहीं करता", "لا يعمل الزر الأزرق في صفحة الفاتورة منذ أمس", "السيد الرئيس وصل", "הכפתור הכחול בדף החשבונית לא עובד מאתמול",
    "ปุ่มในหน้าใบแจ้งหนี้ไม่ทำงาน", "پرداخت من انجام نشد و دکمه کار نمی‌کند", "la version 3.4.5 est sortie le 12/03/2024", "commande 651842739 expédiée", "Bestellung 4711-2024 vom 3.4.2024", "zamówienie 601234567 wysłane", "sipariş 0541927 kargoda", "pedido 2024/04/11 entregue",
    "released on 2024-02-29, build 20240229", "faktura 21.02.2024", "注文番号4829173を確認", "订单号 372720904661", "call 3 functions in 10 files", "llama 3 veces a la función", "liga a máquina em 10/11/2024", "ring 0: 8192 MB",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    """All rules, no model."""
    return Engine(EngineConfig(model="none", time_budget_s=10.0))


def _covered(engine: Engine, text: str) -> set[int]:
    findings = engine.batch([json.dumps({"note": text}, ensure_ascii=False).encode()])[0].findings
    return {at for item in findings for at in range(item.start, item.end)}


@pytest.mark.parametrize("marked", SAID)
def test_rules_find_what_the_words_of_a_language_say(engine: Engine, marked: str) -> None:
    """Names, addresses, telephone numbers, birthdays and numbers, whole."""
    start, end = marked.index("⟦"), marked.index("⟧") - 1
    text = marked.replace("⟦", "").replace("⟧", "")
    assert {at for at in range(start, end) if text[at].isalnum()} <= _covered(engine, text)


@pytest.mark.parametrize("text", NOTHING)
def test_texts_without_people_stay_as_they_are(engine: Engine, text: str) -> None:
    """Orders, versions, offices, greetings and the weather."""
    assert _covered(engine, text) == set()
