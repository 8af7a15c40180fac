"""Names of streets as they are written in addresses: a kind of street once, and never twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

TYPES = {
    "en_US": ["Street", "Avenue", "Drive", "Road", "Lane", "Court", "Boulevard", "Place", "Way", "Circle"],
}
"""What follows a name, in turn."""

_LISTED = {
    "en_GB": "Abbey Road;Albert Road;Albion Street;Alexander Road;Ash Grove;Ashley Road;Back Lane;"
    "Balmoral Road;Bath Road;Beaconsfield Road;Beech Road;Birch Close;Bluebell Close;"
    "Bridge Street;Bristol Road;Broadway;Brookside;Buckingham Road;Burlington Road;"
    "Cambridge Road;Carlisle Street;Carlton Road;Castle Street;Cedar Close;Cemetery Road;"
    "Chapel Lane;Chapel Street;Chester Road;Chestnut Avenue;Church Lane;Church Road;"
    "Church Street;Churchill Avenue;Clarence Road;Clifton Road;Cornwall Road;Coronation Road;"
    "Crescent Road;Cromwell Road;Dale Street;Derby Road;Devonshire Road;Duke Street;"
    "Durham Road;Eastfield Road;Edward Street;Elizabeth Street;Elm Grove;Essex Road;"
    "Fairfield Road;Fern Road;Frederick Street;Garden Street;George Street;Gladstone Road;"
    "Gordon Road;Grange Road;Green Lane;Greenway;Grove Road;Hall Lane;Hamilton Road;"
    "Hampton Road;Harrow Road;Hawthorn Road;Hazel Grove;Heather Close;Henry Street;High Street;"
    "Highfield Road;Hill Street;Hillside Avenue;Holly Road;James Street;John Street;Kent Road;"
    "King Street;Kings Road;Kingsway;Lakeside Drive;Lancaster Road;Lansdowne Road;Laurel Close;"
    "Leicester Road;Lime Grove;Lincoln Road;London Road;Main Road;Main Street;Manchester Road;"
    "Manor Road;Maple Drive;Market Street;Meadow Lane;Mill Lane;Mill Road;Mill Street;"
    "Moor Lane;Mount Pleasant;Nelson Street;New Road;New Street;Norfolk Street;North Road;"
    "North Street;Northfield Road;Nottingham Road;Oak Avenue;Orchard Close;Orchard Road;"
    "Osborne Road;Oxford Road;Park Avenue;Park Lane;Park Road;Parkway;Percy Road;Poplar Road;"
    "Primrose Hill;Priory Road;Prospect Road;Queen Street;Queens Road;Queensway;Railway Street;"
    "Rectory Lane;Regent Street;Richmond Road;Riverside Road;Rowan Close;Russell Road;"
    "Salisbury Road;Sandringham Road;School Lane;Selborne Road;Sheffield Road;Somerset Road;"
    "South Street;Southfield Road;Spencer Road;Springfield Road;St Andrew's Road;"
    "St George's Road;St James's Road;St John's Road;St Mary's Road;St Paul's Road;"
    "St Peter's Road;Stanley Road;Station Approach;Station Road;Suffolk Road;Sunnyside;"
    "Surrey Road;Sussex Road;Sycamore Avenue;The Avenue;The Crescent;The Drive;The Green;"
    "The Grove;Thomas Street;Trafalgar Road;Tudor Road;Union Street;Upland Road;Valley Road;"
    "Vicarage Road;Victoria Road;Victoria Street;Warwick Road;Water Lane;Waterloo Road;"
    "Wellesley Road;Wellington Road;West Street;Westfield Road;William Street;Willow Close;"
    "Wilton Road;Windsor Road;Wood Lane;Woodlands Road;Woodside Avenue;York Road;York Street",
    "en_IN": "MG Road;Station Road;Gandhi Road;Nehru Road;Park Street;Church Street;Link Road;Ring Road;"
    "Temple Road;Hospital Road;College Road;School Road;Market Road;Mall Road;Civil Lines;Church Road;"
    "Tilak Road;Patel Road;Subhash Marg;Ashok Marg;Rajaji Road;Ambedkar Road;Lake View Road;Hill Road;"
    "Mill Road;Court Road;Palace Road;Bazaar Street;Main Road;Cross Road;Residency Road;Brigade Road;"
    "Linking Road;Anna Salai;Mount Road;Baner Road;Race Course Road;Shivaji Road;Sardar Patel Marg;"
    "Jawahar Marg",
    "fi_FI": "Aleksanterinkatu;Mannerheimintie;Hämeenkatu;Hämeentie;Fredrikinkatu;Tehtaankatu;Kirkkokatu;"
    "Koulukatu;Asematie;Puistokatu;Keskuskatu;Torikatu;Satamakatu;Linnankatu;Yliopistonkatu;Kauppakatu;"
    "Rantatie;Siilitie;Koivutie;Mäntytie;Kuusitie;Pihlajatie;Urheilutie;Metsätie;Niittytie;Peltotie;"
    "Korkeavuorenkatu;Bulevardi;Myllymäenkatu;Nordenskiöldinkatu;Kalevankatu;Vuorikatu;Rautatienkatu;"
    "Itsenäisyydenkatu;Sammonkatu;Pohjoisesplanadi;Liisankatu;Runeberginkatu;Topeliuksenkatu;Museokatu",
}
"""Where the libraries have none of the country, hardly any, or those of one corner of it: for Great Britain,
of townlands in Northern Ireland. There the commonest names are listed instead."""

_SPANISH = ("Calle", "Avenida", "Plaza", "Paseo", "Camino", "Carretera", "Ronda", "Rúa", "Travesía", "Praza")
_PORTUGUESE = ("Rua", "Avenida", "Praça", "Travessa", "Largo", "Alameda", "Ladeira", "Estrada", "Rodovia")
_KINDS = {
    *map(str.lower, _SPANISH + _PORTUGUESE),
    "via",
    "viale",
    "rue",
    "ul.",
    "vei",
    "sokak",
    "road",
    "street",
}
_NORWEGIAN = re.compile(
    r"(ve[ig]|veien|gate|gata|gaten|plass|plassen|allé|alléen|terrasse|bakken?|bakkene|faret|lia|stien|sti|"
    r"senteret|tunet|tråkka|kroken|åsen|løkka|svingen|ringen|brygge|torg|torget|jordet|haugen|brinken|"
    r"skogen|marka|dalen|kollen|toppen|grenda|lunden|parken|vika|lien|stubben|stubb|bråten|myra|løypa)$"
)
_GERMAN = re.compile(
    r"(stra(ß|ss)e|weg|allee|platz|gasse|ring|damm|ufer|steig|pfad|promenade|zeile|graben|kai|quai|hof|rain)$",
    re.IGNORECASE,
)
_ODD = re.compile(
    r"\d|\b[ivx]{2,}\b|\bdu Rue\b|Junction|Tunnel|Parking|\bOn\b|Access|Plaza|Station|Bridge|Pier", re.I
)


def names_of_streets(locale: str, names: Sequence[str]) -> list[str]:
    """Whole names in the form of the country, sorted, some of those that the source has."""
    if locale in _LISTED:
        return sorted(_LISTED[locale].split(";"))
    kept = sorted({name.strip() for name in names if name.strip() and not _ODD.search(name)})
    whole = {_whole(locale, name, place) for place, name in enumerate(kept)} - {""}
    return sorted(name for name in whole if not _doubled(name))


def _doubled(name: str) -> bool:
    """Whether it says a word twice in a row, or a kind of street twice."""
    words = name.lower().replace("-", " ").split()
    twice = sum(word in _KINDS for word in words) > 1
    return twice or any(one == other for one, other in pairwise(words))


def _whole(locale: str, name: str, place: int) -> str:
    """A street's whole name, or nothing where it isn't one."""
    country = locale.partition("_")[2]
    if locale in TYPES:
        kinds = TYPES[locale]
        return "" if name.split()[-1] in _ENGLISH else f"{name} {kinds[place % len(kinds)]}"
    if country == "ES":
        name = re.sub(r"^(Rua|R)\.? ", "Rúa ", re.sub(r"^Av\.? ", "Avenida ", name))
        return name if name.startswith(_SPANISH) and " " in name else ""
    if country == "MX":
        return f"Calle {name}"
    if country in ("BR", "PT"):
        return (
            name
            if name.startswith(tuple(f"{kind} " for kind in _PORTUGUESE))
            else f"Rua {name}"
            if country == "PT"
            else ""
        )
    if country == "NO":
        return name if _NORWEGIAN.search(name) else f"{name} vei" if name.endswith("s") else ""
    if country in ("DE", "AT", "CH"):
        return name if _GERMAN.search(name) else ""
    return _SIMPLE.get(country, str)(name)


def _french(name: str) -> str:
    """Registers write DE L ABBAYE."""
    words = [word.lower() if word.lower() in _ARTICLES else word for word in name.split()]
    joined = re.sub(r"\b([dl]) (?=\w)", lambda match: f"{match[1]}'", " ".join(words))
    return "" if re.search(r"\b(Rue|Allée|Avenue|Place|Mal)\b", joined) else f"rue {joined}"


_ENGLISH = {kind for kinds in TYPES.values() for kind in kinds} | {
    "Alley", "Close", "Cove", "Crescent", "Gardens", "Hill", "Park", "View", "Vista", "Point", "Square",
    "Terrace", "Walk", "Row", "Highway",
}  # fmt: skip
_ARTICLES = {"de", "du", "des", "la", "le", "les", "l", "d", "et", "au", "aux", "à", "sur", "sous"}
_SIMPLE: Mapping[str, Callable[[str], str]] = {
    "FR": _french,
    "IT": lambda name: f"Via {name}",
    "PL": lambda name: f"ul. {name}",
    "TR": lambda name: f"{name} Sokak",
    "CN": lambda name: name if name.endswith("路") else f"{name}路",
    "KR": lambda name: name if name.endswith(("로", "길")) else f"{name}로",
}
