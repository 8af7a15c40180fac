"""What the libraries don't say of a locale: where its data are, and how addresses are written."""

LOCALES = {
    # locale: (mimesis, what follows a postcode's beginning, street and number, whole address)
    "cs_CZ": ("cs", "# ##", "{street} {number}", "{street}, {postcode} {city}"),
    "da_DK": ("da", "", "{street} {number}", "{street}, {postcode} {city}"),
    "de_AT": ("de-at", "[1-9]0", "{street} {number}", "{street}, {postcode} {city}"),
    "de_CH": ("de-ch", "0#", "{street} {number}", "{street}, {postcode} {city}"),
    "de_DE": ("de", "###", "{street} {number}", "{street}, {postcode} {city}"),
    # The Royal Mail ends no postcode in C, I, K, M, O or V.
    "en_GB": ("en-gb", " #[ABD-HJLNP-UW-Z]{2}", "{number} {street}", "{street}, {city}, {postcode}"),
    "en_IN": ("en", "###", "{number}, {street}", "{street}, {city} {postcode}"),
    "en_US": ("en", "##", "{number} {street}", "{street}, {city}, {region} {postcode}"),
    "es_ES": ("es", "##", "{street}, {number}", "{street}, {postcode} {city}"),
    "es_MX": ("es-mx", "###", "{street} {number}", "{street}, {postcode} {city}, {region}"),
    "fi_FI": ("fi", "#0", "{street} {number}", "{street}, {postcode} {city}"),
    "fr_FR": ("fr", "", "{number} {street}", "{street}, {postcode} {city}"),
    "it_IT": ("it", "##", "{street}, {number}", "{street}, {postcode} {city}"),
    "ja_JP": ("ja", "#-####", "{street}{number}", "〒{postcode} {region}{city}{street}"),
    "ko_KR": ("ko", "###", "{street} {number}", "{region} {street} {postcode}"),
    # PostNL uses no F, I, O, Q, U, Y, and none of SA, SD, SS.
    "nl_NL": (
        "nl",
        "# [A-EGHJ-NPRTV-XZ][A-EGHJ-NPR-TV-XZ]",
        "{street} {number}",
        "{street}, {postcode} {city}",
    ),
    "no_NO": ("no", "##", "{street} {number}", "{street}, {postcode} {city}"),
    "pl_PL": ("pl", "-###", "{street} {number}", "{street}, {postcode} {city}"),
    "pt_BR": ("pt-br", "##-###", "{street}, {number}", "{street}, {city} - {region}, {postcode}"),
    "pt_PT": ("pt", "##-###", "{street}, {number}", "{street}, {postcode} {city}"),
    "sv_SE": ("sv", "# ##", "{street} {number}", "{street}, {postcode} {city}"),
    "tr_TR": ("tr", "##", "{street} No:{number}", "{street}, {postcode} {city}"),
    "zh_CN": ("zh", "###", "{street}{number}号", "{region}{city}{street} {postcode}"),
}

LAST_NAME_FIRST = {"ja_JP": "", "ko_KR": "", "zh_CN": ""}
"""Locales where the family name comes first, and what stands behind it."""

SAME_LANGUAGE = {"de_CH": "de_DE", "en_GB": "en_US", "en_IN": "en_US"}
"""Where jobs are taken from that a locale has none of its own for."""
