"""What companies are called in a country: lines of business, coined words and legal forms.

The forms are those that the country's commercial register knows, weighted as common as they roughly are
among companies; the lines are everyday words of the language.
"""

from __future__ import annotations

from typing import Any

_LATIN_BEGINNINGS = [
    "Nova",
    "Alta",
    "Vera",
    "Centra",
    "Terra",
    "Aqua",
    "Lumi",
    "Opti",
    "Agro",
    "Sola",
    "Ener",
    "Data",
    "Nord",
    "Omni",
    "Vita",
    "Argo",
    "Delta",
    "Helio",
    "Magna",
    "Orbi",
    "Penta",
    "Quanta",
    "Rota",
    "Stella",
    "Ultra",
    "Vega",
    "Corda",
    "Ferro",
    "Grano",
    "Linea",
]
_LATIN_ENDS = [
    "tec",
    "plan",
    "med",
    "lux",
    "form",
    "cor",
    "net",
    "gen",
    "lis",
    "dyn",
    "com",
    "san",
    "tron",
    "via",
    "mat",
    "dur",
]

LINES = {
    # What stands before the founder's name begins with <, what stands behind it with >.
    "cs_CZ": ">Stavby;Stavební;Doprava;Strojírna;Pekařství;Truhlářství;Elektro;Potraviny;Reality;Software;"
    "Servis;Logistika;Energie;Obchod;Kovovýroba;Zahrady;Poradenství;Lékárna;Nábytek;Tisk",
    "da_DK": ">Byg;Transport;VVS;El;Maskiner;Bageri;Møbler;Tømrer;Ejendomme;Consult;Software;Logistik;Energi;"
    "Handel;Auto;Maler;Rådgivning;Fødevarer;Emballage;Teknik",
    "de_AT": ">Bau;Transporte;Maschinenbau;Elektrotechnik;Bäckerei;Tischlerei;Immobilien;Metallbau;"
    "Installationen;Software;Logistik;Energie;Handel;Autohaus;Holzbau;Beratung;Lebensmittel;Möbel;Druck;Gastro",
    "de_CH": ">Bau;Transport;Maschinen;Elektro;Bäckerei;Schreinerei;Immobilien;Metallbau;Haustechnik;Software;"
    "Logistik;Energie;Handel;Garage;Holzbau;Treuhand;Lebensmittel;Möbel;Druck;Gartenbau",
    "de_DE": ">Bau;Spedition;Maschinenbau;Elektrotechnik;Bäckerei;Schreinerei;Immobilien;Metallbau;Haustechnik;"
    "Software;Logistik;Energie;Handel;Autohaus;Holzbau;Consulting;Lebensmittel;Möbel;Druck;Gartenbau",
    "en_GB": ">Construction;Transport;Engineering;Electrical;Bakery;Joinery;Properties;Plumbing;Packaging;"
    "Software;Logistics;Energy;Trading;Motors;Homes;Consulting;Foods;Furniture;Print;Landscapes",
    "en_IN": ">Constructions;Transport;Engineering;Electricals;Textiles;Furnishers;Properties;Steel;Packaging;"
    "Infotech;Logistics;Energy;Traders;Motors;Exports;Consultants;Foods;Pharma;Chemicals;Agro",
    "en_US": ">Construction;Trucking;Engineering;Electric;Bakery;Cabinets;Properties;Plumbing;Packaging;"
    "Software;Logistics;Energy;Supply;Motors;Homes;Consulting;Foods;Furniture;Printing;Landscaping",
    "es_ES": "<Construcciones;Transportes;Talleres;Instalaciones;Panadería;Carpintería;Inmobiliaria;Suministros;"
    "Electricidad;Software;Logística;Energías;Comercial;Automóviles;Reformas;Consultoría;Alimentación;Muebles;"
    "Imprenta;Jardinería",
    "es_MX": "<Constructora;Transportes;Talleres;Instalaciones;Panadería;Carpintería;Inmobiliaria;Refaccionaria;"
    "Electricidad;Sistemas;Logística;Energía;Comercializadora;Automotriz;Distribuidora;Consultores;Alimentos;"
    "Muebles;Impresos;Ferretería",
    "fi_FI": ">Rakennus;Kuljetus;Konepaja;Sähkö;Leipomo;Puusepät;Kiinteistöt;Putki;Pakkaus;Ohjelmistot;Logistiikka;"
    "Energia;Kauppa;Auto;Talot;Konsultointi;Elintarvike;Kaluste;Paino;Puutarha",
    "fr_FR": "<Bâtiment;Transports;Mécanique;Électricité;Boulangerie;Menuiserie;Immobilier;Plomberie;Emballages;"
    "Informatique;Logistique;Énergies;Négoce;Garage;Maçonnerie;Conseil;Traiteur;Meubles;Imprimerie;Paysages",
    "it_IT": "<Costruzioni;Trasporti;Officine;Impianti;Panificio;Falegnameria;Immobiliare;Idraulica;Imballaggi;"
    "Informatica;Logistica;Energia;Commerciale;Autofficina;Edilizia;Consulenze;Alimentari;Mobili;Tipografia;Vivai",
    "ja_JP": ">製作所;商事;工業;建設;電機;運輸;食品;不動産;工務店;産業;化学;精機;印刷;物流;技研;商店;薬品;水産;鉄工所;設備",
    "ko_KR": ">전자;건설;산업;물산;상사;식품;화학;기계;물류;개발;에너지;소프트;제약;섬유;통상;정밀;금속;유통;인쇄;테크",
    "nl_NL": ">Bouw;Transport;Machinebouw;Elektrotechniek;Bakkerij;Timmerwerken;Vastgoed;Installaties;Verpakkingen;"
    "Software;Logistiek;Energie;Handel;Autobedrijf;Interieur;Advies;Voeding;Meubelen;Drukkerij;Hoveniers",
    "no_NO": ">Bygg;Transport;Mekaniske;Elektro;Bakeri;Snekkeri;Eiendom;Rør;Emballasje;Data;Logistikk;Energi;Handel;"
    "Bil;Maskin;Rådgivning;Mat;Møbler;Trykk;Anlegg",
    "pl_PL": ">Budownictwo;Transport;Maszyny;Elektryka;Piekarnia;Stolarstwo;Nieruchomości;Instalacje;Opakowania;"
    "Oprogramowanie;Logistyka;Energia;Handel;Motors;Konstrukcje;Doradztwo;Spożywka;Meble;Druk;Ogrody",
    "pt_BR": "<Construtora;Transportes;Metalúrgica;Instalações;Padaria;Marcenaria;Imobiliária;Hidráulica;Embalagens;"
    "Sistemas;Logística;Energia;Comercial;Autopeças;Engenharia;Consultoria;Alimentos;Móveis;Gráfica;Materiais",
    "pt_PT": "<Construções;Transportes;Metalomecânica;Instalações;Padaria;Carpintaria;Imobiliária;Canalizações;"
    "Embalagens;Informática;Logística;Energias;Comercial;Auto;Engenharia;Consultoria;Alimentar;Móveis;Gráfica;"
    "Jardins",
    "sv_SE": ">Bygg;Transport;Mekaniska;El;Bageri;Snickeri;Fastigheter;Rör;Emballage;Data;Logistik;Energi;Handel;Bil;"
    "Maskin;Konsult;Livsmedel;Möbler;Tryckeri;Trädgård",
    "tr_TR": ">İnşaat;Nakliyat;Makine;Elektrik;Gıda;Mobilya;Gayrimenkul;Tesisat;Ambalaj;Yazılım;Lojistik;Enerji;"
    "Ticaret;Otomotiv;Yapı;Danışmanlık;Tekstil;Turizm;Matbaa;Tarım",
    "zh_CN": ">科技;网络;信息技术;传媒;贸易;建设;食品;电子;物流;机械;能源;化工;医药;实业;装饰工程;咨询;服装;环保;投资;汽车",
}

_CHINESE = [a + b for a in "华中金鑫恒永天宏瑞盛东海新德泰" for b in "信达源丰通泰隆成和远兴力诚宇创"]
_KOREAN = [a + b for a in "한대신동미세삼영태우" for b in "빛성화원진일광호림해"]
_JAPANESE = [a + b for a in "大東日新共三富光昭協" for b in "和洋栄光進陽信伸成立"]
COINED = {
    "zh_CN": sorted({name for name in _CHINESE if name[0] != name[1]}),
    "ko_KR": _KOREAN,
    "ja_JP": sorted({name for name in _JAPANESE if name[0] != name[1]}),
}

NO_FOUNDERS = ("ko_KR", "zh_CN")
"""Where companies aren't called by a family name."""

LEGAL_FORMS = {
    "cs_CZ": "s.r.o. 85;a.s. 12;v.o.s. 3",
    "da_DK": "ApS 70;A/S 30",
    "de_AT": "GmbH 75;AG 4;KG 12;OG 9",
    "de_CH": "AG 48;GmbH 52",
    "de_DE": "GmbH 66;AG 3;KG 5;GmbH & Co. KG 18;OHG 3;UG (haftungsbeschränkt) 5",
    "en_GB": "Ltd 90;PLC 3;LLP 7",
    "en_IN": "Pvt Ltd 85;Ltd 10;LLP 5",
    "en_US": "LLC 60;Inc. 32;Corp. 6;LP 2",
    "es_ES": "S.L. 80;S.A. 10;S.L.U. 8;S.Coop. 2",
    "es_MX": "S.A. de C.V. 75;S. de R.L. de C.V. 15;S.A.P.I. de C.V. 5;S.C. 5",
    "fi_FI": "Oy 88;Oyj 2;Ky 10",
    "fr_FR": "SARL 50;SAS 40;SA 4;SNC 6",
    "it_IT": "S.r.l. 70;S.p.A. 8;S.n.c. 12;S.a.s. 10",
    "ja_JP": "株式会社 75;有限会社 15;合同会社 10",
    "ko_KR": "(주) 60;주식회사 35;유한회사 5",
    "nl_NL": "B.V. 85;N.V. 3;V.O.F. 12",
    "no_NO": "AS 95;ASA 2;ANS 3",
    "pl_PL": "Sp. z o.o. 78;S.A. 7;Sp.j. 8;Sp.k. 7",
    "pt_BR": "Ltda. 85;S.A. 15",
    "pt_PT": "Lda. 85;S.A. 12;Unipessoal Lda. 3",
    "sv_SE": "AB 92;HB 5;KB 3",
    "tr_TR": "Ltd. Şti. 85;A.Ş. 15",
    "zh_CN": "有限公司 85;有限责任公司 8;股份有限公司 7",
}


def companies(locale: str) -> dict[str, Any]:
    """`founders`, `lines`, `line_first`, `coined`, and `legal_forms` with their weights."""
    listed = LINES[locale]
    latin = [a + b for a in _LATIN_BEGINNINGS for b in _LATIN_ENDS]
    forms = [form.rsplit(" ", 1) for form in LEGAL_FORMS[locale].split(";")]
    return {
        "founders": locale not in NO_FOUNDERS,
        "lines": listed[1:].split(";"),
        "line_first": listed[0] == "<",
        "coined": COINED.get(locale, latin),
        "legal_forms": {
            "words": [name for name, _ in forms],
            "weights": [int(weight) for _, weight in forms],
        },
    }
