"""What the libraries don't say of a locale: where its data are, and how numbers and addresses are written.

Telephone numbers are those kept for fiction where a country keeps some; elsewhere the form of mobile numbers.
"""

LOCALES = {
    # locale: (mimesis, phone, what follows a postcode's beginning, street and number, whole address)
    "cs_CZ": ("cs", "+420 7## ### ###", "# ##", "{street} {number}", "{street}, {postcode} {city}"),
    "da_DK": ("da", "+45 ## ## ## ##", "##", "{street} {number}", "{street}, {postcode} {city}"),
    "de_AT": ("de-at", "+43 660 #######", "[1-9]0", "{street} {number}", "{street}, {postcode} {city}"),
    "de_CH": ("de-ch", "+41 79 ### ## ##", "0#", "{street} {number}", "{street}, {postcode} {city}"),
    "de_DE": ("de", "+49 1522 88174##", "###", "{street} {number}", "{street}, {postcode} {city}"),
    "en_GB": (
        "en-gb",
        "+44 7700 900###",
        " #[A-HJ-Z]{2}",
        "{number} {street} Road",
        "{street}, {city}, {postcode}",
    ),
    "en_IN": ("en", "+91 9#### #####", "###", "{number}, {street}", "{street}, {city} {postcode}"),
    "en_US": ("en", "+1-###-555-01##", "##", "{number} {street}", "{street}, {city}, {region} {postcode}"),
    "es_ES": ("es", "+34 6## ### ###", "##", "Calle {street}, {number}", "{street}, {postcode} {city}"),
    "es_MX": (
        "es-mx",
        "+52 55 #### ####",
        "###",
        "Calle {street} {number}",
        "{street}, {postcode} {city}, {region}",
    ),
    "fi_FI": ("fi", "+358 40 #######", "#0", "{street} {number}", "{street}, {postcode} {city}"),
    "fr_FR": ("fr", "+33 6 39 98 ## ##", "##", "{number} rue {street}", "{street}, {postcode} {city}"),
    "it_IT": ("it", "+39 3## #######", "##", "Via {street}, {number}", "{street}, {postcode} {city}"),
    "ja_JP": ("ja", "+81 90-####-####", "#-####", "{street}{number}", "〒{postcode} {region}{city}{street}"),
    "ko_KR": ("ko", "+82 10-####-####", "###", "{street} {number}", "{region} {street} {postcode}"),
    "nl_NL": ("nl", "+31 6 ########", "# [A-Z]{2}", "{street} {number}", "{street}, {postcode} {city}"),
    "no_NO": ("no", "+47 ### ## ###", "##", "{street} vei {number}", "{street}, {postcode} {city}"),
    "pl_PL": ("pl", "+48 5## ### ###", "-###", "ul. {street} {number}", "{street}, {postcode} {city}"),
    "pt_BR": (
        "pt-br",
        "+55 11 9####-####",
        "##-###",
        "{street}, {number}",
        "{street}, {city} - {region}, {postcode}",
    ),
    "pt_PT": ("pt", "+351 91# ### ###", "##-###", "{street}, {number}", "{street}, {postcode} {city}"),
    "sv_SE": ("sv", "+46 70 174 06 ##", "# ##", "{street} {number}", "{street}, {postcode} {city}"),
    "tr_TR": ("tr", "+90 5## ### ## ##", "##", "{street} Sokak No:{number}", "{street}, {postcode} {city}"),
    "zh_CN": ("zh", "+86 13# #### ####", "0###", "{street}路{number}号", "{region}{city}{street} {postcode}"),
}

LAST_NAME_FIRST = {"ja_JP": "", "ko_KR": "", "zh_CN": ""}
"""Locales where the family name comes first, and what stands behind it."""

SAME_LANGUAGE = {"de_CH": "de_DE", "en_GB": "en_US", "en_IN": "en_US"}
"""Where jobs are taken from that a locale has none of its own for."""

COMPANY_ENDINGS = {
    "cs_CZ": ["s.r.o.", "a.s.", "v.o.s."],
    "da_DK": ["A/S", "ApS"],
    "de_AT": ["GmbH", "AG", "KG", "OG"],
    "de_CH": ["AG", "GmbH"],
    "de_DE": ["GmbH", "AG", "KG", "GmbH & Co. KG", "OHG", "e.K."],
    "en_GB": ["Ltd", "PLC", "and Sons", "LLP", "Group"],
    "en_IN": ["Pvt Ltd", "Ltd", "and Sons", "Industries"],
    "en_US": ["Inc", "LLC", "Group", "and Sons", "Corp"],
    "es_ES": ["S.L.", "S.A.", "S.L.U.", "S.Coop."],
    "es_MX": ["S.A. de C.V.", "S.A.", "S.C.", "S. de R.L."],
    "fi_FI": ["Oy", "Oyj", "Ky", "Tmi"],
    "fr_FR": ["SA", "SARL", "S.A.S.", "et Fils"],
    "it_IT": ["S.p.A.", "s.r.l.", "e figli", "Group"],
    "ja_JP": ["株式会社", "有限会社", "合同会社"],
    "ko_KR": ["(주)", "주식회사", "유한회사"],
    "nl_NL": ["BV", "NV", "Groep", "VOF"],
    "no_NO": ["AS", "ASA", "og Sønner", "Gruppen"],
    "pl_PL": ["Sp. z o.o.", "S.A.", "Sp.j.", "Sp.k."],
    "pt_BR": ["Ltda.", "S.A.", "e Filhos", "ME"],
    "pt_PT": ["Lda.", "S.A.", "e Filhos"],
    "sv_SE": ["AB", "HB", "KB"],
    "tr_TR": ["A.Ş.", "Ltd. Şti."],
    "zh_CN": ["科技有限公司", "网络有限公司", "信息有限公司", "传媒有限公司"],
}
