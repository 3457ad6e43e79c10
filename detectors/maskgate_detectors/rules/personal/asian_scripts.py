"""Names and addresses in scripts without capitals, by forms of address, surnames and the parts of an address.

They carry what a model has not learnt: the surnames are the commonest of each country, and without one of them a name
needs a form of address or a verb with which people introduce themselves.
"""
# ruff: noqa: E501  (words and patterns read best in full lines)

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector

_ZH = "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯"
_KO = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원"
_JA_ROLES = "者員師手長社主屋官士生店部課係方客局会員達皆様"
_PROVINCES = "北京|上海|天津|重庆|重慶|河北|山西|辽宁|吉林|黑龙江|江苏|江蘇|浙江|安徽|福建|江西|山东|山東|河南|湖北|湖南|广东|廣東|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|臺灣|广西|内蒙古|西藏|宁夏|新疆|香港|澳门"
_KO_PLACES = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충청북|충청남|충북|충남|전라북|전라남|전북|전남|경상북|경상남|경북|경남|제주"
_HI_SURNAMES = "वर्मा|शर्मा|सिंह|कुमार|कुमारी|गुप्ता|यादव|पटेल|खान|ख़ान|मिश्रा|मिश्र|जोशी|पांडे|पाण्डेय|तिवारी|चौधरी|अग्रवाल|जैन|मेहता|राठौर|राठौड़|चौहान|ठाकुर|दुबे|त्रिपाठी|श्रीवास्तव|सक्सेना|नायर|रेड्डी|अय्यर|दास|घोष|बनर्जी|मुखर्जी|शाह|देसाई|कपूर|मल्होत्रा|भाटिया|अरोड़ा|सेठी|बंसल|गोयल|कौर|देवी"


def _no_role(text: str) -> bool:
    """Whether the word before a form of address is no office or group of people."""
    return text[-1] not in _JA_ROLES and "株式" not in text and "会社" not in text


def _no_korean_role(text: str) -> bool:
    """Whether the three syllables before a form of address are no office: those end in 자, 원, 사, 장 …"""
    return text[-1] not in "자원사장객모님"


def _no_common_place(text: str) -> bool:
    """Whether the word is a town, and no house, village or «here»."""
    return text not in {
        "घर",
        "गाँव",
        "गांव",
        "शहर",
        "मकान",
        "यहाँ",
        "यहां",
        "वहाँ",
        "वहां",
        "उसी",
        "इसी",
        "कमरे",
        "होटल",
        "किराए",
    }


def _no_office(text: str) -> bool:
    """Whether the word behind a form of address has no article: an office has one."""
    return not text.startswith("ال")


@detector
def japanese_name() -> Rule:
    """https://www.bunka.go.jp/kokugo_nihongo/sisaku/joho/joho/kijun/sanko/"""
    return Rule(
        id="person-japanese",
        entity="PERSON",
        label="Japanese name before a form of address or «to mōshimasu»",
        pattern=(
            r"(?:^|[^\p{Han}々])(?P<value>[\p{Han}々]{2,4}(?:[ 　][\p{Han}々]{1,3})?)"
            r"(?:と申します|と申し|といいます|と言います|様[はがのにをとよ、。（(\s]|さん|氏[はがのにをと、。]|殿[はがのにを、。])"
        ),
        triggers=(r"(?:と申し|といいます|と言います|様|さん|氏|殿)",),
        validate=_no_role,
        valid_score=0.75,
        countries=("JP",),
        matches=("⟦高橋美和⟧と申します。", "担当は⟦佐藤⟧さんです", "本日、⟦山田 太郎⟧様が来店"),
        ignores=("お客様は", "患者さんの記録", "皆様へ", "関係者様は", "奥様が"),
    )


@detector
def chinese_name() -> Rule:
    """https://www.mps.gov.cn/"""
    return Rule(
        id="person-chinese",
        entity="PERSON",
        label="Chinese name with one of the commonest surnames, by a form of address, a label or a verb of saying",
        pattern=(
            rf"(?:(?:我叫|我是|名叫|姓名(?:[:：是为]|叫)|联系人[:：是]?|收件人[:：是]?|收货人[:：是]?|名字(?:叫|是)|客户|用户|患者|经办人[:：]?)[ ]?(?P<value>[{_ZH}]\p{{Han}}{{1,2}})(?:$|[，。,.；;、！!（(\s\d]|的|在|来|致|投|反|说|先生|女士|您)"
            r")"
        ),
        triggers=(r"(?:我叫|我是|名叫|姓名|联系人|收件人|收货人|名字|客户|用户|患者|经办人)",),
        score=0.7,
        countries=("CN", "TW"),
        matches=("我叫⟦王小明⟧，请帮忙", "收件人：⟦李娜⟧，电话", "姓名：⟦周晓燕⟧"),
        ignores=("用户名称", "我是客服", "联系人列表", "患者信息"),
    )


@detector
def chinese_titled() -> Rule:
    """https://www.mps.gov.cn/"""
    return Rule(
        id="person-chinese-titled",
        entity="PERSON",
        label="Chinese name before a form of address, or at the start of a sentence before a verb of calling",
        pattern=(
            rf"(?:^|[，。,.；;、！!？?：:\s“]|给|向|和|与|找|由|请|联系|感谢|是)(?P<value>[{_ZH}]\p{{Han}}{{0,2}}?)"
            r"(?:先生|女士|小姐|太太|老师|经理|医生|来电|致电|打电话|投诉|反馈)"
        ),
        triggers=(r"(?:先生|女士|小姐|太太|老师|经理|医生|来电|致电|打电话|投诉|反馈)",),
        score=0.7,
        countries=("CN", "TW"),
        matches=("⟦周晓燕⟧来电投诉", "请联系⟦王⟧先生", "已通知，⟦陈⟧小姐来电"),
        ignores=("客户来电", "先生您好", "昨天投诉", "班主任老师"),
    )


@detector
def chinese_address() -> Rule:
    """https://www.stats.gov.cn/"""
    return Rule(
        id="address-chinese",
        entity="LOCATION",
        label="Chinese address from the province or city to the number",
        pattern=(
            rf"(?P<value>(?:{_PROVINCES})(?:省|市|自治区|特别行政区)?\p{{Han}}{{0,24}}?(?:路|街|大道|巷|弄|村|镇|乡|道|里|胡同)"
            r"(?:[0-9０-９一二三四五六七八九十]{1,5}(?:号楼|号院|号|弄|栋|幢|座|单元|室|楼|层|巷|-)?){1,6})"
        ),
        triggers=(r"(?:路|街|大道|巷|弄|村|镇|乡|道|里|胡同)[0-9\xef一-十]",),
        score=0.8,
        countries=("CN",),
        matches=("收货地址是⟦江苏省苏州市姑苏区人民路88号⟧", "寄到⟦北京市海淀区中关村大街27号1101室⟧，谢谢"),
        ignores=("北京时间8点", "人民路88号"),
    )


@detector
def japanese_address() -> Rule:
    """https://www.post.japanpost.jp/zipcode/"""
    return Rule(
        id="address-japanese",
        entity="LOCATION",
        label="Japanese address from the prefecture or city to the number",
        pattern=(
            r"(?P<value>(?:(?:東京都|北海道|大阪府|京都府|\p{Han}{2,3}県)\p{Han}{1,5}[市区郡町村]|\p{Han}{1,5}市\p{Han}{1,4}区|\p{Han}{1,4}[市区])"
            r"[\p{Han}\p{Hiragana}\p{Katakana}ー々ヶケ]{0,12}[0-9０-９]{1,4}(?:丁目|番地|番|号|[-－‐−の][0-9０-９]{1,4})(?:丁目|番地|番|号|[-－‐−の]|[0-9０-９]{1,4}){0,8})"
        ),
        triggers=(r"[0-9\x90-\x99](?:丁目|番地|番|号|[-－‐−][0-9\xef])",),
        near=("市", "区", "県", "郡"),
        score=0.75,
        countries=("JP",),
        matches=("⟦京都市左京区下鴨5-2-1⟧に引っ越しました", "住所は⟦東京都新宿区西新宿2丁目8-1⟧です"),
        ignores=("2-3番目の区", "市場は5-2で終了"),
    )


@detector
def korean_name() -> Rule:
    """https://kosis.kr/"""
    return Rule(
        id="person-korean",
        entity="PERSON",
        label="Korean name with one of the commonest surnames, behind «my name is» or before a form of address",
        pattern=(
            rf"(?:(?:이름은|성함은|성함이|이름이|성명[:：은]?|저는) ?|(?:^|[^\p{{Hangul}}]))(?P<value>[{_KO}]\p{{Hangul}}{{2}})"
            r"(?: ?(?:씨|님|선생님|고객님|과장|대리|부장|팀장|교수)|입니다|이고|이에요|예요|이라고|라고|이며)"
        ),
        triggers=(r"(?:씨|님|과장|대리|부장|팀장|교수|입니다|이고|이에요|예요|라고|이며)",),
        validate=_no_korean_role,
        valid_score=0.72,
        countries=("KR",),
        matches=("제 이름은 ⟦김서연⟧이고", "⟦박지훈⟧ 씨가 전화했습니다", "저는 ⟦이수민⟧이라고 합니다"),
        ignores=("이용자님께", "구매자님", "고객님", "선생님"),
    )


@detector
def korean_address() -> Rule:
    """https://www.juso.go.kr/"""
    return Rule(
        id="address-korean",
        entity="LOCATION",
        label="Korean address from the province or city",
        pattern=(
            rf"(?P<value>(?:{_KO_PLACES})(?:특별시|광역시|특별자치시|특별자치도|도|시)? ?(?:\p{{Hangul}}{{1,4}}시 ?)?\p{{Hangul}}{{1,4}}[구군시]"
            r"(?: ?\p{Hangul}{1,6}[0-9]{0,3}(?:동|로|길|읍|면|리|가)(?: ?[0-9]{1,4}(?:-[0-9]{1,4})?(?:번지|번길 ?[0-9]{1,4}|호)?)?){0,3})"
        ),
        triggers=(rf"(?:{_KO_PLACES})",),
        score=0.75,
        countries=("KR",),
        matches=("⟦부산광역시 해운대구⟧에 삽니다", "주소: ⟦서울특별시 강남구 테헤란로 152⟧"),
        ignores=("서울 날씨", "경기 결과"),
    )


@detector
def hindi_name() -> Rule:
    """https://censusindia.gov.in/"""
    return Rule(
        id="person-hindi",
        entity="PERSON",
        label="Hindi name with one of the commonest surnames, or behind a form of address",
        pattern=(
            rf"(?:^|[^\p{{Devanagari}}])(?P<value>[\p{{Devanagari}}]{{2,16}} (?:{_HI_SURNAMES}))(?:$|[^\p{{Devanagari}}])"
        ),
        triggers=(rf"(?:{_HI_SURNAMES})",),
        score=0.75,
        countries=("IN",),
        matches=("मैं ⟦अनीता वर्मा⟧ हूँ", "⟦राजेश कुमार⟧ ने फोन किया"),
        ignores=("वर्मा परिवार", "बहुत परेशान हूँ"),
    )


@detector
def hindi_place() -> Rule:
    """https://censusindia.gov.in/"""
    return Rule(
        id="place-hindi",
        entity="LOCATION",
        label="Place in which somebody says that they live, in Hindi",
        pattern=r"(?:^|[^\p{Devanagari}])(?P<value>\p{Devanagari}{3,20}) में (?:रहता|रहती|रहते)",
        triggers=(r" में (?:रहता|रहती|रहते)",),
        validate=_no_common_place,
        valid_score=0.7,
        countries=("IN",),
        matches=("और ⟦जयपुर⟧ में रहती हूँ",),
        ignores=("घर में रहता हूँ", "यहाँ में रहते"),
    )


@detector
def semitic_name() -> Rule:
    """https://www.unicode.org/cldr/charts/latest/supplemental/person_name_formats.html"""
    return Rule(
        id="person-titled-semitic",
        entity="PERSON",
        label="Arabic or Hebrew name behind «my name is» or a form of address",
        pattern=(
            r"(?:^|[^\p{Arabic}\p{Hebrew}])(?:(?:اسمي|أنا اسمي|السيد|السيدة|الآنسة) (?P<value>\p{Arabic}{3,15} \p{Arabic}{3,15})"
            r")(?:$|[^\p{Arabic}])"
        ),
        triggers=(r"(?:اسمي|السيد|السيدة|الآنسة) ",),
        validate=_no_office,
        valid_score=0.7,
        matches=("اسمي ⟦فاطمة حداد⟧.", "اتصل السيد ⟦محمود درويش⟧ اليوم"),
        ignores=("السيد الرئيس اليوم", "اسمي"),
    )


@detector
def hebrew_name() -> Rule:
    """https://www.unicode.org/cldr/charts/latest/supplemental/person_name_formats.html"""
    return Rule(
        id="person-hebrew",
        entity="PERSON",
        label="Hebrew name behind «my name is»",
        pattern=r"(?:^|[^\p{Hebrew}])(?:שמי|קוראים לי|שמי הוא) (?P<value>\p{Hebrew}{2,12} \p{Hebrew}{2,14})(?:$|[^\p{Hebrew}])",
        triggers=(r"(?:שמי|קוראים לי) ",),
        score=0.7,
        countries=("IL",),
        matches=("שלום, שמי ⟦רונית אברהמי⟧.",),
        ignores=("שמי", "הכפתור לא עובד"),
    )


@detector
def thai_name() -> Rule:
    """https://www.dopa.go.th/"""
    return Rule(
        id="person-thai",
        entity="PERSON",
        label="Thai name and surname behind the title of a document",
        pattern=r"(?:^|[^\p{Thai}]|ชื่อ|คือ)(?:นาย|นางสาว|นาง) ?(?P<value>[\p{Thai}]{3,15} [\p{Thai}]{3,20})(?:$|[^\p{Thai}])",
        triggers=(r"(?:นาย|นาง)",),
        score=0.7,
        countries=("TH",),
        matches=("ชื่อนาย⟦สมชาย ใจดี⟧", "นางสาว ⟦กมลวรรณ ศรีสุข⟧"),
        ignores=("นาย", "ปุ่มไม่ทำงาน"),
    )
