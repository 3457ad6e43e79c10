"""Names of languages with another script as they are written in Latin letters: what Faker has only in that script."""

from __future__ import annotations

from random import Random

CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i yi ye g".split(" "),
        strict=True,
    )
)
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώςϊϋ",
        "a v g d e z i th i k l m n x o p r s t y f ch ps o a e i i o y o s i y".split(" "),
        strict=True,
    )
)
PINYIN_LAST = (
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Song Tang Han Feng Deng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Lv Yao Shen Jin Fan Fu "
    "Zhong Tan Liao Wan Xiong Qin Gu Hou Shao Meng Long Duan Lei Qian Yin Yan Chang Qiao Lai Gong Wen Pang Shi Tao Kong Bai Cui Kang Mao Qiu Jia Shu Mei Ouyang Situ Chan Wong Cheung Leung Lau Ng Kwok Chow Tsang Yip Lam Fung Tse Hsu Hsieh Tsai Chiu"
).split()  # fmt: skip
PINYIN = (
    "ming hua wei jun jie fang na li xia yan ling hong mei lan fei peng bo tao hao yu xin yi ting ying jing juan ping lei qiang gang chao yong bin kai rui ze han xuan yan zhen lin feng long jian guo dong hai bao cheng rong shan xiao zi ya si chen "
    "shu wen qing yun hui lu meng jia xiu ai zhi yuan sheng biao liang chun dan ni qi ran rou shuang tian tong xue yao ye yue"
).split()  # fmt: skip
KOREAN_LAST = "Kim Lee Park Choi Jung Jeong Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Ryu Yoo Hong Jeon Ko Moon Son Yang Bae Baek Heo Nam Shim Noh Ha Kwak Sung Cha Joo Woo Min Jin Na Um Won Chun Bang Gong Hyun Ham Pyo".split()
KOREAN = (
    "min jun seo ji hyun woo young soo jin hye eun kyung sung ho jae won dong hee mi sun hwa yeon ah in tae hoon kyu sang chul yong seok bin ye na ra da eul so yul ha rin gyu bo ram seung won byung ki nam hyo joo chan geun yun"
).split()  # fmt: skip
ARABIC_FIRST = (
    "Ahmed Ahmad Mohamed Mohammed Muhammad Mahmoud Mustafa Omar Umar Ali Hassan Hussein Hussain Khaled Khalid Youssef Yusuf Yousef Ibrahim Ismail Abdullah Abdallah Abdul Abdulrahman Abdelrahman Tariq Tarek Karim Kareem Samir Sami Nasser Faisal Fahad "
    "Saad Saeed Said Rashid Rachid Bilal Hamza Hamid Anwar Adel Adnan Ayman Amir Ammar Basel Basil Bassam Fadi Ghassan Hadi Hani Haitham Hisham Imad Issam Jamal Jaber Kamal Laith Majed Malik Marwan Mazen Munir Nabil Nader Nizar Osama Qasim Raed Rami "
    "Riad Riyad Salah Salem Salman Sharif Sultan Talal Wael Walid Yahya Yasin Yasser Zaid Zakaria Ziad Aisha Ayesha Fatima Fatma Khadija Maryam Mariam Zainab Zeinab Amina Amal Amira Asma Aya Basma Dalia Dina Farah Ghada Hala Hanan Hana Hiba Huda Iman Ikram "
    "Jamila Khawla Layla Leila Lina Lubna Maha Manal Maysa Mona Muna Nada Nadia Najat Nour Noor Noura Rana Rania Rasha Reem Rima Ruba Sahar Salma Samar Samira Sara Shaima Suad Wafa Yasmin Yasmine Zahra"
).split()  # fmt: skip
ARABIC_LAST = (
    "Haddad Khoury Nasser Mansour Al-Mansour Hamdan Khalil Saleh Salem Farouk Fares Fahmy Habib Hakim Halabi Hariri Ibrahim Jaber Jabari Kanaan Kassab Kattan Khatib Maalouf Mahfouz Najjar Nasrallah Qasim Rahman Sabbagh Saad Safadi Said Sayegh Shahin Sharif "
    "Shehadeh Sleiman Tawfik Toma Youssef Zaki Zein Al-Rashid Al-Sayed El-Sayed Al-Farsi Al-Hashimi Al-Amin Al-Ghamdi Al-Harbi Al-Otaibi Al-Qahtani Al-Shehri Al-Zahrani Al-Maktoum Al-Thani Al-Sabah El-Masry Elmasry Abdelaziz Abdel-Rahman Abu-Bakr Abu-Zaid "
    "Ben-Ali Benali Bennani Bouzid Boukhari Belkacem Cherif Djebbar Hamidi Idrissi Kabbaj Lahlou Mansouri Mokhtari Naciri Ouali Saidi Slimani Tazi Trabelsi Zidane Ziani"
).split()  # fmt: skip
PERSIAN_FIRST = "Reza Mehdi Mohsen Hossein Amir Arash Babak Behzad Bijan Cyrus Dariush Ehsan Farhad Farid Farzad Hamed Hooman Iraj Jamshid Javad Kamran Kaveh Kian Kourosh Majid Masoud Mehran Milad Mojtaba Morteza Nader Navid Nima Omid Parviz Pouya Ramin Rostam Saeed Sahand Shahin Shahram Siamak Sina Sohrab Vahid Azar Azadeh Bahar Elham Elnaz Farnaz Fereshteh Forough Golnaz Hengameh Laleh Leila Mahsa Mahnaz Maryam Mina Mitra Nasrin Nazanin Niloufar Parisa Parvin Roxana Roya Samira Sepideh Setareh Shabnam Shirin Shohreh Simin Soraya Taraneh Yasaman Zohreh".split()
PERSIAN_LAST = "Ahmadi Akbari Alavi Amini Ansari Azizi Bahrami Daneshvar Ebadi Ebrahimi Esfahani Farahani Farrokhzad Ghaffari Ghorbani Golshiri Hashemi Heidari Hosseini Jafari Jalali Kamali Karimi Kazemi Khalili Khosravi Mahmoudi Moradi Mousavi Najafi Nazari Nouri Pahlavi Parsa Rahimi Rahmani Rajabi Rezaei Sadeghi Safavi Salehi Shahbazi Shirazi Soltani Tabatabai Tehrani Yazdani Zand".split()
EAST_AFRICAN_FIRST = "Abebe Abel Addisu Alemayehu Amanuel Asfaw Ashenafi Bekele Berhane Biniam Biruk Dawit Dejen Desta Ermias Eskinder Fikru Getachew Girma Habte Haile Kebede Kidane Lemma Mekonnen Mulugeta Robel Samson Selam Semere Solomon Tadesse Tamrat Tekle Tesfaye Tewodros Tsegaye Worku Yared Yohannes Yonas Zelalem Zerihun Almaz Aster Birtukan Eden Feven Genet Hanna Hiwot Mahlet Makeda Meron Meseret Rahel Saba Senait Tigist Tsion Winta Yordanos Zewditu Abdi Abdirahman Abdullahi Ayaan Bashir Cabdi Faduma Farah Guled Halima Hodan Idil Ifrah Ismahan Jama Khadra Liban Mahad Mohamud Nasra Omar Roble Sagal Samatar Warsame Yusuf Zamzam Achieng Akinyi Atieno Barasa Chebet Cherono Jelagat Jepkosgei Kamau Kariuki Kipchoge Kiprono Kiprotich Macharia Maina Moraa Muthoni Mutua Mwangi Njeri Njoroge Nyambura Ochieng Odhiambo Okoth Omondi Onyango Otieno Wafula Wairimu Wambui Wangari Wanjala Wanjiku Were".split()
SOUTHERN_AFRICAN = "Andile Ayanda Bheki Bongani Busisiwe Buhle Dumisani Kagiso Karabo Katlego Khanyi Lebohang Lerato Lindiwe Lwazi Mandla Mpho Musa Nandi Neo Nkosana Noluthando Nomfundo Nomsa Nomvula Nosipho Ntombi Palesa Phumzile Refilwe Sbu Sibusiso Simphiwe Sipho Siyabonga Sizwe Tebogo Thabang Thabo Thandi Thandeka Themba Thuli Tshepo Tumelo Unathi Vusi Xolani Zandile Zanele Zinhle Zola Chipo Farai Kudzai Nyasha Rudo Rutendo Simba Tafadzwa Tariro Tatenda Tendai Tinashe".split()
SOUTHERN_AFRICAN_LAST = "Buthelezi Cele Dlamini Dube Hadebe Khumalo Khoza Kunene Mabaso Mabuza Madonsela Mahlangu Majola Makhanya Maseko Masondo Mathebula Mazibuko Mbatha Mhlongo Mkhize Mokoena Molefe Molapo Mthembu Mthethwa Mtshali Naidoo Ncube Ndlovu Ngcobo Ngubane Nkosi Ntuli Nxumalo Nyathi Nzimande Phiri Radebe Shabangu Shezi Sibanda Sibiya Sithole Tshabalala Vilakazi Xaba Zondo Zulu Zwane Banda Chirwa Gumbo Mavhunga Moyo Mpofu Mutasa Tembo".split()
WEST_AFRICAN_FIRST = "Abena Adwoa Afia Akosua Akua Ama Efua Esi Yaa Kofi Kojo Kwabena Kwadwo Kwaku Kwame Kwasi Yaw Nana Aboubacar Alassane Aminata Amadou Awa Babacar Binta Boubacar Cheikh Coumba Djibril Fanta Fatou Fatoumata Ibrahima Idrissa Issa Kadiatou Lamine Mamadou Mariama Moussa Ndeye Oumar Ousmane Rokia Salif Seydou Souleymane Adaeze Adaobi Chiamaka Chidi Chidinma Chika Chinedu Chinonso Chinwe Ebele Ebuka Emeka Ezinne Ifeanyi Ifeoma Ijeoma Ikenna Kelechi Ngozi Nkechi Nnamdi Obi Obinna Ogechi Okechukwu Oluchi Uche Uchenna Ugo Abiodun Adebayo Adeola Adewale Ayo Ayodele Babajide Bola Bukola Damilola Folake Funmi Gbenga Kehinde Kunle Lanre Ola Olamide Olu Olumide Oluwaseun Remi Segun Simisola Sola Taiwo Temitope Titilayo Tobi Toyin Tunde Wale Yemi Yetunde Zainab".split()
WEST_AFRICAN_LAST = "Acheampong Addo Adjei Afriyie Agyeman Akoto Amoah Ampofo Annan Antwi Appiah Asamoah Asante Asiedu Awuah Baah Badu Boakye Boateng Bonsu Danquah Darko Donkor Frimpong Gyamfi Kufuor Kusi Mensah Nkrumah Ofori Opoku Osei Owusu Quaye Sarpong Yeboah Ba Barry Bah Camara Ceesay Cissé Conté Coulibaly Dembélé Diakité Diallo Diarra Diop Diouf Drogba Fall Faye Gueye Jallow Kanté Keita Koné Konaté Kouyaté Mané Mbaye Ndiaye Sané Sarr Seck Sissoko Sow Sylla Thiam Touré Traoré Achebe Adeyemi Adichie Afolabi Agbaje Akande Akinola Akpan Anyanwu Ayodele Azikiwe Balogun Bankole Chukwu Danjuma Ekwueme Eze Ezeh Fashola Ibekwe Igwe Ihejirika Iwu Madueke Mbah Nnamani Nwankwo Nwachukwu Nwosu Obiora Odili Ogunleye Ojukwu Okafor Okeke Okonkwo Okoye Okpara Oladipo Olawale Orji Osagie Sanusi Soyinka Ubah Umeh".split()
SOUTH_ASIAN_FIRST = "Aadhya Aarav Aditi Aditya Ajay Akash Akshay Amit Amrita Anand Ananya Anil Anjali Ankit Anushka Arjun Arun Ashok Ashwin Bhavna Deepak Deepika Devi Dinesh Divya Farhan Ganesh Gaurav Geeta Gopal Harish Harpreet Hemant Indira Ishaan Jaspreet Jaya Jyoti Kajal Kamala Kartik Kavita Kiran Kishore Krishna Kunal Lakshmi Lalit Leela Madhav Manish Manoj Meena Meera Mohan Mukesh Nandini Naveen Neha Nikhil Nisha Padma Pallavi Pooja Prakash Pranav Prasad Praveen Preeti Priya Priyanka Radha Rahul Raj Rajesh Rakesh Ram Ramesh Rani Ravi Rekha Ritu Rohan Rohit Sachin Sandeep Sangeeta Sanjay Sarita Shankar Shilpa Shreya Shyam Siddharth Sita Sneha Sonia Srinivas Sudha Sunil Sunita Suresh Swati Tanvi Uma Usha Varun Venkat Vidya Vijay Vikas Vikram Vinod Vishal Vivek Yash".split()
SOUTH_ASIAN_LAST = "Acharya Agarwal Ahuja Anand Arora Balakrishnan Banerjee Basu Bhagat Bhat Bhatt Bhattacharya Bose Chakraborty Chandra Chatterjee Chauhan Chopra Choudhury Das Dasgupta Desai Deshmukh Deshpande Dhawan Dixit Dutta Gandhi Ganguly Ghosh Gill Gokhale Goswami Goyal Gupta Hegde Iyengar Iyer Jain Jha Joshi Kapoor Kaul Kaur Khan Khanna Krishnamurthy Krishnan Kulkarni Kumar Mahajan Malhotra Mehra Mehta Menon Mishra Mukherjee Murthy Nair Nambiar Narayan Nayar Pandey Parekh Patel Patil Pillai Prasad Raghavan Rajan Raman Rana Rao Rastogi Rathore Reddy Roy Sahni Saxena Sen Sethi Shah Sharma Shetty Shukla Singh Sinha Sood Srinivasan Subramanian Swamy Tandon Thakur Tiwari Trivedi Varma Venkataraman Verma Vyas Yadav".split()


def transliterated(name: str) -> str:
    """Return a Cyrillic or Greek name in Latin letters, by the usual table."""
    out = "".join(CYRILLIC.get(c, GREEK.get(c, c)) for c in name.lower())
    return "-".join(part.capitalize() for part in out.split("-"))


def syllabic(r: Random, syllables: list[str], styles: tuple[str, ...]) -> str:
    """Return a given name of two syllables in one of the ways it is spelled, or of one."""
    first, second = r.choice(syllables), r.choice(syllables)
    style = r.choice(styles)
    if style == "one":
        return first.capitalize()
    if style == "joined":
        return (first + second).capitalize()
    if style == "hyphen":
        return f"{first.capitalize()}-{second}"
    if style == "Hyphen":
        return f"{first.capitalize()}-{second.capitalize()}"
    return f"{first.capitalize()} {second.capitalize()}"


def tables(locales: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, list[str]]]:
    """Return locales of romanised names by code; what they lack is taken from ``locales["en"]`` or ``["en_US"]``."""
    from faker import Faker

    r = Random(11)
    japanese, chinese = Faker("ja_JP"), Faker("zh_CN")
    japanese.seed_instance(7)
    chinese.seed_instance(7)

    def draws(method: object, count: int = 1500) -> list[str]:
        return sorted({str(method()) for _ in range(count)})  # type: ignore[operator]

    korean = sorted({syllabic(r, KOREAN, ("joined", "hyphen", "hyphen", "Hyphen", "blank")) for _ in range(1500)})
    pinyin = sorted(
        {syllabic(r, PINYIN, ("one", "joined", "joined", "hyphen", "Hyphen", "blank")) for _ in range(1500)}
    )
    names = {
        "en_RU": tuple([transliterated(n) for n in locales["ru_RU"][k]] for k in ("first_name", "last_name")),
        "en_UA": tuple([transliterated(n) for n in locales["uk_UA"][k]] for k in ("first_name", "last_name")),
        "en_BG": tuple([transliterated(n) for n in locales["bg_BG"][k]] for k in ("first_name", "last_name")),
        "en_GR": tuple([transliterated(n) for n in locales["el_GR"][k]] for k in ("first_name", "last_name")),
        "en_JP": (draws(japanese.first_romanized_name), draws(japanese.last_romanized_name)),
        "en_CN": ([*draws(chinese.first_romanized_name), *pinyin], PINYIN_LAST),
        "en_KR": (korean, KOREAN_LAST),
        "en_EG": (ARABIC_FIRST, ARABIC_LAST),
        "en_IR": (PERSIAN_FIRST, PERSIAN_LAST),
        "en_KE": (EAST_AFRICAN_FIRST, EAST_AFRICAN_FIRST),
        "en_ZA": (SOUTHERN_AFRICAN, SOUTHERN_AFRICAN_LAST),
        "en_GH": (WEST_AFRICAN_FIRST, WEST_AFRICAN_LAST),
        "en_LK": (SOUTH_ASIAN_FIRST, SOUTH_ASIAN_LAST),
    }
    out = {}
    for code, (firsts, lasts) in names.items():
        entry = {kind: list(values or locales["en_US"][kind]) for kind, values in locales["en"].items()}
        entry |= {"first_name": sorted(set(firsts)), "last_name": sorted(set(lasts))}
        out[f"{code}_latin"] = entry
    return out


WEIGHTS = {
    "en_RU_latin": 3, "en_UA_latin": 1.5, "en_BG_latin": 0.5, "en_GR_latin": 1, "en_JP_latin": 3.5, "en_CN_latin": 5, "en_KR_latin": 3.5,
    "en_EG_latin": 4, "en_IR_latin": 1.5, "en_KE_latin": 2, "en_ZA_latin": 2, "en_GH_latin": 3, "en_LK_latin": 4,
}  # fmt: skip
