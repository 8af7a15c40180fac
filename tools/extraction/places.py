"""The places that addresses and the joint table `places` are in, by country: a city's name in GeoNames, its
name there, its region, and what its postcodes begin with."""

PLACES = """
US|New York City|New York|NY|100 101 102
US|Los Angeles|Los Angeles|CA|900
US|Chicago|Chicago|IL|606
US|Houston|Houston|TX|770
US|Phoenix|Phoenix|AZ|850
US|Philadelphia|Philadelphia|PA|191
US|San Antonio|San Antonio|TX|782
US|San Diego|San Diego|CA|921
US|Dallas|Dallas|TX|752
US|Jacksonville|Jacksonville|FL|322
US|Austin|Austin|TX|787
US|San Francisco|San Francisco|CA|941
US|Columbus|Columbus|OH|432
US|Indianapolis|Indianapolis|IN|462
US|Seattle|Seattle|WA|981
US|Denver|Denver|CO|802
US|Boston|Boston|MA|021
US|Nashville|Nashville|TN|372
US|Portland|Portland|OR|972
US|Atlanta|Atlanta|GA|303
US|Miami|Miami|FL|331
US|Minneapolis|Minneapolis|MN|554
GB|London|London|England|E1 E2 SW5 SW6 NW1 SE1 W2 N1
GB|Birmingham|Birmingham|England|B1 B2 B5
GB|Glasgow|Glasgow|Scotland|G1 G2 G12
GB|Liverpool|Liverpool|England|L1 L8
GB|Bristol|Bristol|England|BS1 BS8
GB|Manchester|Manchester|England|M1 M4 M14
GB|Sheffield|Sheffield|England|S1 S10
GB|Leeds|Leeds|England|LS1 LS6
GB|Edinburgh|Edinburgh|Scotland|EH1 EH3
GB|Leicester|Leicester|England|LE1 LE2
GB|Cardiff|Cardiff|Wales|CF10 CF11
GB|Belfast|Belfast|Northern Ireland|BT1 BT9
GB|Nottingham|Nottingham|England|NG1 NG7
DE|Berlin|Berlin|Berlin|10 12 13
DE|Hamburg|Hamburg|Hamburg|20 22
DE|Munich|München|Bayern|80 81
DE|Köln|Köln|Nordrhein-Westfalen|50 51
DE|Frankfurt am Main|Frankfurt am Main|Hessen|60
DE|Stuttgart|Stuttgart|Baden-Württemberg|70
DE|Düsseldorf|Düsseldorf|Nordrhein-Westfalen|40
DE|Leipzig|Leipzig|Sachsen|04
DE|Dortmund|Dortmund|Nordrhein-Westfalen|44
DE|Essen|Essen|Nordrhein-Westfalen|45
DE|Bremen|Bremen|Bremen|28
DE|Dresden|Dresden|Sachsen|01
DE|Hannover|Hannover|Niedersachsen|30
DE|Nürnberg|Nürnberg|Bayern|90
DE|Bonn|Bonn|Nordrhein-Westfalen|53
DE|Mannheim|Mannheim|Baden-Württemberg|68
DE|Karlsruhe|Karlsruhe|Baden-Württemberg|76
DE|Kiel|Kiel|Schleswig-Holstein|24
DE|Mainz|Mainz|Rheinland-Pfalz|55
DE|Erfurt|Erfurt|Thüringen|99
AT|Vienna|Wien|Wien|10 11 12
AT|Graz|Graz|Steiermark|80
AT|Linz|Linz|Oberösterreich|40
AT|Salzburg|Salzburg|Salzburg|50
AT|Innsbruck|Innsbruck|Tirol|60
AT|Klagenfurt am Wörthersee|Klagenfurt|Kärnten|90
CH|Zürich|Zürich|Zürich|80
CH|Genève|Genf|Genf|12
CH|Basel|Basel|Basel-Stadt|40
CH|Bern|Bern|Bern|30
CH|Lausanne|Lausanne|Waadt|10
CH|Winterthur|Winterthur|Zürich|84
FR|Paris|Paris|Île-de-France|75001 75002 75003 75004 75005 75006 75007 75008 75009 75010 75011 75012 75013 75014 75015 75016 75017 75018 75019 75020
FR|Marseille|Marseille|Provence-Alpes-Côte d'Azur|13001 13002 13003 13004 13005 13006 13007 13008 13009 13010 13011 13012 13013 13014 13015 13016
FR|Lyon|Lyon|Auvergne-Rhône-Alpes|69001 69002 69003 69004 69005 69006 69007 69008 69009
FR|Toulouse|Toulouse|Occitanie|31000 31100 31200 31300 31400 31500
FR|Nice|Nice|Provence-Alpes-Côte d'Azur|06000 06100 06200 06300
FR|Nantes|Nantes|Pays de la Loire|44000 44100 44200 44300
FR|Strasbourg|Strasbourg|Grand Est|67000 67100 67200
FR|Montpellier|Montpellier|Occitanie|34000 34070 34080 34090
FR|Bordeaux|Bordeaux|Nouvelle-Aquitaine|33000 33100 33200 33300 33800
FR|Lille|Lille|Hauts-de-France|59000 59160 59260 59777 59800
FR|Rennes|Rennes|Bretagne|35000 35200 35700
FR|Grenoble|Grenoble|Auvergne-Rhône-Alpes|38000 38100
FR|Dijon|Dijon|Bourgogne-Franche-Comté|21000
ES|Madrid|Madrid|Madrid|280
ES|Barcelona|Barcelona|Cataluña|080
ES|Valencia|Valencia|Comunidad Valenciana|460
ES|Sevilla|Sevilla|Andalucía|410
ES|Zaragoza|Zaragoza|Aragón|500
ES|Málaga|Málaga|Andalucía|290
ES|Murcia|Murcia|Murcia|300
ES|Palma|Palma|Islas Baleares|070
ES|Bilbao|Bilbao|País Vasco|480
ES|Alicante|Alicante|Comunidad Valenciana|030
ES|Valladolid|Valladolid|Castilla y León|470
MX|Mexico City|Ciudad de México|Ciudad de México|01 03 06 11
MX|Guadalajara|Guadalajara|Jalisco|44
MX|Monterrey|Monterrey|Nuevo León|64
MX|Puebla|Puebla|Puebla|72
MX|Tijuana|Tijuana|Baja California|22
MX|Mérida|Mérida|Yucatán|97
MX|Querétaro|Querétaro|Querétaro|76
IT|Rome|Roma|Lazio|001
IT|Milan|Milano|Lombardia|201
IT|Naples|Napoli|Campania|801
IT|Turin|Torino|Piemonte|101
IT|Palermo|Palermo|Sicilia|901
IT|Genoa|Genova|Liguria|161
IT|Bologna|Bologna|Emilia-Romagna|401
IT|Florence|Firenze|Toscana|501
IT|Bari|Bari|Puglia|701
IT|Catania|Catania|Sicilia|951
IT|Verona|Verona|Veneto|371
IT|Trieste|Trieste|Friuli-Venezia Giulia|341
BR|São Paulo|São Paulo|SP|010 040 050
BR|Rio de Janeiro|Rio de Janeiro|RJ|200 220
BR|Salvador|Salvador|BA|400 410
BR|Brasília|Brasília|DF|700
BR|Fortaleza|Fortaleza|CE|600
BR|Belo Horizonte|Belo Horizonte|MG|301
BR|Manaus|Manaus|AM|690
BR|Curitiba|Curitiba|PR|800
BR|Recife|Recife|PE|500
BR|Porto Alegre|Porto Alegre|RS|900
PT|Lisbon|Lisboa|Lisboa|10 11 12 15
PT|Porto|Porto|Porto|40 41 42
PT|Braga|Braga|Braga|47
PT|Coimbra|Coimbra|Coimbra|30
PT|Funchal|Funchal|Madeira|90
PT|Faro|Faro|Faro|80
NL|Amsterdam|Amsterdam|Noord-Holland|101 107 109
NL|Rotterdam|Rotterdam|Zuid-Holland|301 303
NL|The Hague|Den Haag|Zuid-Holland|251 259
NL|Utrecht|Utrecht|Utrecht|351 358
NL|Eindhoven|Eindhoven|Noord-Brabant|561 565
NL|Groningen|Groningen|Groningen|971 974
NL|Maastricht|Maastricht|Limburg|621
SE|Stockholm|Stockholm|Stockholms län|11
SE|Göteborg|Göteborg|Västra Götalands län|41
SE|Malmö|Malmö|Skåne län|21
SE|Uppsala|Uppsala|Uppsala län|75
SE|Linköping|Linköping|Östergötlands län|58
SE|Umeå|Umeå|Västerbottens län|90
DK|Copenhagen|København|Hovedstaden|2100 2200 2300 2400 2450 2500
DK|Århus|Aarhus|Midtjylland|8000 8200 8210 8220
DK|Odense|Odense|Syddanmark|5000 5200 5210 5220 5230
DK|Aalborg|Aalborg|Nordjylland|9000 9200 9210 9220
DK|Esbjerg|Esbjerg|Syddanmark|6700 6705 6710 6715
NO|Oslo|Oslo|Oslo|01 02 05
NO|Bergen|Bergen|Vestland|50
NO|Trondheim|Trondheim|Trøndelag|70
NO|Stavanger|Stavanger|Rogaland|40
NO|Tromsø|Tromsø|Troms|90
FI|Helsinki|Helsinki|Uusimaa|001 005
FI|Espoo|Espoo|Uusimaa|021
FI|Tampere|Tampere|Pirkanmaa|331
FI|Turku|Turku|Varsinais-Suomi|201
FI|Oulu|Oulu|Pohjois-Pohjanmaa|901
PL|Warsaw|Warszawa|mazowieckie|00 01 02
PL|Kraków|Kraków|małopolskie|30 31
PL|Łódź|Łódź|łódzkie|90 91
PL|Wrocław|Wrocław|dolnośląskie|50 51
PL|Poznań|Poznań|wielkopolskie|60 61
PL|Gdańsk|Gdańsk|pomorskie|80
PL|Lublin|Lublin|lubelskie|20
CZ|Prague|Praha|Praha|11 12 13
CZ|Brno|Brno|Jihomoravský kraj|60 61
CZ|Ostrava|Ostrava|Moravskoslezský kraj|70
CZ|Pilsen|Plzeň|Plzeňský kraj|30
CZ|Olomouc|Olomouc|Olomoucký kraj|77
TR|Istanbul|İstanbul|İstanbul|340
TR|Ankara|Ankara|Ankara|060
TR|İzmir|İzmir|İzmir|350
TR|Bursa|Bursa|Bursa|160
TR|Antalya|Antalya|Antalya|070
JP|Tokyo|東京|東京都|10 15
JP|Yokohama|横浜市|神奈川県|22
JP|Osaka|大阪市|大阪府|53 54
JP|Nagoya|名古屋市|愛知県|45 46
JP|Sapporo|札幌市|北海道|06
JP|Kyoto|京都市|京都府|60
JP|Fukuoka|福岡市|福岡県|81
KR|Seoul|서울|서울특별시|03 04 06
KR|Busan|부산|부산광역시|47 48
KR|Incheon|인천|인천광역시|21 22
KR|Daegu|대구|대구광역시|41 42
KR|Daejeon|대전|대전광역시|34 35
CN|Shanghai|上海|上海市|200
CN|Beijing|北京|北京市|100
CN|Guangzhou|广州|广东省|510
CN|Shenzhen|深圳|广东省|518
CN|Chengdu|成都|四川省|610
CN|Wuhan|武汉|湖北省|430
CN|Hangzhou|杭州|浙江省|310
IN|Mumbai|Mumbai|Maharashtra|400
IN|Delhi|Delhi|Delhi|110
IN|Bengaluru|Bengaluru|Karnataka|560
IN|Hyderabad|Hyderabad|Telangana|500
IN|Chennai|Chennai|Tamil Nadu|600
IN|Kolkata|Kolkata|West Bengal|700
IN|Pune|Pune|Maharashtra|411
CA|Toronto|Toronto|Ontario|M4 M5
CA|Montréal|Montréal|Quebec|H2 H3
CA|Vancouver|Vancouver|British Columbia|V5 V6
CA|Calgary|Calgary|Alberta|T2
CA|Ottawa|Ottawa|Ontario|K1
CA|Edmonton|Edmonton|Alberta|T5
AU|Sydney|Sydney|New South Wales|20
AU|Melbourne|Melbourne|Victoria|30
AU|Brisbane|Brisbane|Queensland|40
AU|Perth|Perth|Western Australia|60
AU|Adelaide|Adelaide|South Australia|50
AU|Canberra|Canberra|Australian Capital Territory|26
BE|Brussels|Brussel|Brussels|10 11
BE|Antwerpen|Antwerpen|Flanders|20
BE|Gent|Gent|Flanders|90
BE|Liège|Liège|Wallonia|40
BE|Brugge|Brugge|Flanders|80
IE|Dublin|Dublin|Leinster|D01 D02 D04
IE|Cork|Cork|Munster|T12
IE|Galway|Galway|Connacht|H91
IE|Limerick|Limerick|Munster|V94
GR|Athens|Αθήνα|Attica|10 11
GR|Thessaloníki|Θεσσαλονίκη|Central Macedonia|54
GR|Pátra|Πάτρα|West Greece|26
GR|Irákleion|Ηράκλειο|Crete|71
SG|Singapore|Singapore|Singapore|23 30 52
NZ|Auckland|Auckland|Auckland|10
NZ|Wellington|Wellington|Wellington|60
NZ|Christchurch|Christchurch|Canterbury|80
NZ|Dunedin|Dunedin|Otago|90
AR|Buenos Aires|Buenos Aires|Buenos Aires|C10 C14
AR|Córdoba|Córdoba|Córdoba|X50
AR|Rosario|Rosario|Santa Fe|S20
AR|Mendoza|Mendoza|Mendoza|M55
ZA|Johannesburg|Johannesburg|Gauteng|20
ZA|Cape Town|Cape Town|Western Cape|80
ZA|Durban|Durban|KwaZulu-Natal|40
ZA|Pretoria|Pretoria|Gauteng|00
"""


def places(country: str) -> list[list[str]]:
    """The lines of a country, without it."""
    lines = (line.split("|") for line in PLACES.split("\n") if line)
    return [fields[1:] for fields in lines if fields[0] == country]
