"""The commonest names of a locale, commonest first, where the libraries list names without their frequencies.

The order is that of the countries' published rankings of the whole population, as far as these are well
known (statistical offices: INE, Istat, SCB, SSB, DST, GUS, ...); names further down are in no order.
"""

COMMON_NAMES = """
cs_CZ|female|Jana Marie Eva Anna Hana Lenka Kateřina Lucie Věra Petra Alena Veronika Jaroslava Tereza Martina Michaela Jitka Helena Ludmila Zdeňka Ivana Monika Eliška Zuzana Markéta Jarmila Barbora Jiřina Marcela Kristýna
cs_CZ|male|Jiří Jan Petr Josef Pavel Martin Tomáš Jaroslav Miroslav Zdeněk František Václav Michal Milan Karel Jakub Lukáš David Vladimír Ladislav Ondřej Roman Stanislav Marek Radek Daniel Antonín Vojtěch Filip Adam
cs_CZ|last male|Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Krejčí Horák Němec Marek Pospíšil Pokorný Hájek Jelínek Král Růžička Beneš Fiala Sedláček Doležal Zeman Kolář Navrátil Čermák
cs_CZ|last female|Nováková Svobodová Novotná Dvořáková Černá Procházková Kučerová Veselá Horáková Němcová Marková Pokorná Pospíšilová Hájková Králová Jelínková Růžičková Benešová Fialová Sedláčková Doležalová Zemanová Kolářová Navrátilová Čermáková
da_DK|female|Anne Kirsten Mette Hanne Anna Helle Susanne Lene Maria Marianne Inge Karen Lone Camilla Pia Louise Charlotte Bente Jette Tina Gitte Inger Rikke Birgit Christina Lis Julie Ida Emma Sofie
da_DK|male|Peter Michael Lars Jens Thomas Henrik Søren Christian Martin Jan Morten Anders Jesper Niels Mads Rasmus Per Hans Jørgen Mikkel Ole Kim Erik Brian Jakob Claus Bent Kasper Frederik Emil
da_DK|last|Nielsen Jensen Hansen Andersen Pedersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen Madsen Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen
de_AT|female|Maria Anna Christine Elisabeth Sabine Barbara Eva Monika Andrea Michaela Claudia Brigitte Julia Sandra Katharina Karin Martina Ingrid Gertrude Renate Lisa Birgit Helga Manuela Daniela Sarah Petra Stefanie Susanne Ursula
de_AT|male|Thomas Michael Franz Johann Josef Christian Martin Peter Karl Andreas Markus Stefan Wolfgang Gerhard Manfred Robert Daniel Herbert Alexander Günter Werner Lukas Walter Florian David Helmut Bernhard Johannes Philipp Christoph
de_AT|last|Gruber Huber Bauer Wagner Müller Pichler Steiner Moser Mayer Hofer Leitner Berger Fuchs Eder Fischer Schmid Winkler Weber Schwarz Maier Schneider Reiter Mayr Schmidt Wimmer Egger Brunner Lang Baumgartner Auer
de_CH|female|Maria Anna Ursula Ruth Elisabeth Sandra Monika Claudia Verena Nicole Barbara Silvia Andrea Marie Daniela Christine Karin Marianne Erika Margrit
de_CH|male|Daniel Peter Thomas Hans Christian Martin Andreas Michael Markus David Marco Stefan Bruno Patrick Marcel Roland Walter Urs René Beat
de_CH|last|Müller Meier Schmid Keller Weber Schneider Meyer Steiner Fischer Gerber Brunner Baumann Frei Zimmermann Moser Widmer Wyss Graf Roth Baumgartner Suter Huber Bachmann Studer Bucher Berger Kaufmann Kunz Hofer Bühler
de_DE|female|Maria Ursula Monika Petra Elisabeth Sabine Renate Helga Karin Brigitte Ingrid Erika Andrea Gisela Claudia Susanne Gabriele Christa Christine Hildegard Anna Birgit Angelika Barbara Stefanie Julia Nicole Martina Katharina Heike Anja Kerstin Sandra Silke Melanie Katrin Daniela Lisa Sarah Laura
de_DE|male|Peter Michael Thomas Andreas Wolfgang Klaus Jürgen Hans Stefan Christian Günter Uwe Werner Bernd Frank Horst Martin Heinz Markus Manfred Helmut Daniel Dieter Matthias Gerhard Jörg Alexander Rainer Walter Ralf Dirk Sebastian Jan Jens Torsten Tobias Florian Karl Robert Philipp
de_DE|last|Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert
en_GB|female|Margaret Susan Sarah Emma Elizabeth Patricia Mary Jane Karen Julie Claire Helen Nicola Linda Christine Jacqueline Rebecca Laura Victoria Lisa Catherine Louise Amanda Jennifer Samantha Michelle Rachel Alison Charlotte Amy Jessica Joanne Ann Hannah Sharon Lauren Kelly Deborah Gemma Sophie
en_GB|male|David John Michael Paul Andrew James Peter Stephen Mark Robert Richard Christopher Daniel Matthew Thomas Simon Philip Anthony Ian Kevin William Jonathan Martin Alan Gary Adam Benjamin Lee Nicholas Brian Alexander Joseph Graham Keith Neil Jack Steven Colin Timothy Craig
en_IN|female|Sunita Anita Pooja Priya Rekha Lakshmi Asha Geeta Neha Kavita Meena Shanti Deepa Manju Ritu Aarti Sita Anjali Nisha Divya Swati Usha Shobha Lata Jyoti Sneha Kiran Radha Shreya Ananya
en_IN|male|Rajesh Sanjay Ramesh Suresh Vijay Anil Rahul Amit Manoj Ashok Raj Ravi Sunil Ajay Deepak Vikram Arun Mohan Prakash Rakesh Santosh Mahesh Dinesh Arjun Rohit Sandeep Mukesh Krishna Vivek Naveen
en_IN|last|Kumar Singh Sharma Patel Das Gupta Yadav Khan Reddy Verma Rao Shah Mishra Jain Nair Joshi Mehta Pandey Chauhan Iyer Agarwal Thakur Chatterjee Banerjee Mukherjee Pillai Bose Kulkarni Desai Bhat
es_ES|female|Carmen María Josefa Isabel Ana Laura Cristina Marta Dolores Lucía Pilar Antonia Elena Paula Francisca Sara Raquel Rosa Mercedes Beatriz Patricia Silvia Teresa Alba Julia Andrea Irene Rocío Encarnación Mónica
es_ES|male|Antonio Manuel José Francisco David Juan Javier Daniel Carlos Jesús Alejandro Miguel Pablo Rafael Pedro Ángel Sergio Fernando Luis Jorge Alberto Álvaro Diego Adrián Raúl Iván Enrique Rubén Ramón Vicente
es_ES|last|García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez Ramos Vázquez Ramírez Gil Serrano Morales Molina Blanco Suárez Castro Ortega Delgado Ortiz Marín Rubio Núñez Medina Sanz Castillo Iglesias Cortés Garrido Santos Guerrero Lozano Cano Cruz
es_MX|female|María Guadalupe Juana Margarita Verónica Elizabeth Alejandra Leticia Francisca Rosa Gabriela Patricia Teresa Alicia Adriana Carmen Martha Claudia Laura Ana Andrea Fernanda Silvia Yolanda Norma Sofía Araceli Lucía Daniela Mónica
es_MX|male|José Juan Luis Carlos Jesús Antonio Miguel Francisco Alejandro Pedro Manuel Jorge Fernando Roberto Ricardo Javier Martín Eduardo Rafael Daniel Raúl David Sergio Arturo Gerardo Mario Víctor Ángel Óscar Héctor
es_MX|last|Hernández García Martínez López González Pérez Rodríguez Sánchez Ramírez Cruz Flores Gómez Morales Vázquez Reyes Jiménez Torres Díaz Gutiérrez Ruiz Mendoza Aguilar Ortiz Moreno Castillo Romero Álvarez Méndez Chávez Rivera
fr_FR|female|Marie Jeanne Françoise Monique Catherine Nathalie Isabelle Jacqueline Anne Sylvie Martine Madeleine Nicole Suzanne Hélène Christine Marguerite Denise Louise Christiane Valérie Sophie Sandrine Stéphanie Céline Julie Véronique Camille Laurence Margaret
fr_FR|male|Jean Pierre Michel André Philippe Alain Nicolas Bernard Christophe Daniel Laurent Patrick Jacques Louis Claude Christian Frédéric Thomas Julien David François Éric Gérard Sébastien Thierry Olivier Alexandre Pascal Stéphane Antoine
it_IT|female|Maria Anna Giuseppina Rosa Angela Giovanna Teresa Lucia Carmela Caterina Francesca Antonietta Carla Elena Concetta Rita Margherita Franca Paola Laura Giulia Sara Chiara Martina Silvia Valentina Alessia Federica Elisa Roberta
it_IT|male|Giuseppe Giovanni Antonio Mario Luigi Francesco Angelo Vincenzo Pietro Salvatore Carlo Franco Domenico Bruno Paolo Michele Giorgio Aldo Sergio Luciano Andrea Marco Alessandro Roberto Stefano Luca Matteo Davide Lorenzo Simone
it_IT|last|Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De Luca|Mancini Costa Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola De Santis|D'Angelo Marchetti
ja_JP|female|陽子 恵子 和子 幸子 久美子 由美子 洋子 裕子 明美 真由美 直美 智子 京子 美咲 愛 さくら 結衣 陽菜 葵 美穂
ja_JP|male|誠 隆 茂 博 健一 和也 直樹 大輔 拓也 健太 浩 学 達也 翔太 翔 蓮 大翔 剛 亮 修
ja_JP|last|佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 林 斎藤 清水 山崎 森 池田 橋本 阿部 石川 山下 中島 石井 小川
ko_KR|female|영숙 정숙 영희 미숙 지영 미경 은주 은정 지혜 민지 수진 유진 지은 현주 영자 순자 서연 민서 지우 서윤
ko_KR|male|영수 영호 영철 성호 정훈 성민 지훈 동현 현우 준호 민수 상훈 준영 민준 서준 도윤 재현 승현 우진 영식
nl_NL|female|Maria Johanna Anna Cornelia Elisabeth Wilhelmina Hendrika Catharina Petronella Margaretha Sandra Monique Esther Linda Emma Lisa Sophie Sara Anouk Julia Eva Lotte Femke Fleur Iris
nl_NL|male|Johannes Jan Cornelis Hendrik Peter Willem Pieter Jacob Gerrit Martin Dirk Thomas Tim Jeroen Mark Daan Bas Lars Thijs Ruben Sander Stijn Luuk Sem Bram
nl_NL|last|De Jong|Jansen De Vries|Van den Berg|Van Dijk|Bakker Janssen Visser Smit Meijer De Boer|Mulder De Groot|Bos Vos Peters Hendriks Van Leeuwen|Dekker Brouwer De Wit|Dijkstra Smits De Graaf|Van der Meer|Van der Linden|Kok Jacobs De Haan|Vermeulen
no_NO|female|Anne Inger Kari Marit Ingrid Liv Eva Berit Astrid Bjørg Hilde Anna Solveig Marianne Randi Ida Nina Maria Elisabeth Kristin Bente Silje Hege Heidi Camilla
no_NO|male|Jan Per Bjørn Ole Lars Kjell Knut Arne Svein Thomas Hans Geir Tor Morten Terje Erik Martin Odd Andreas Anders John Kristian Espen Rune Magnus
no_NO|last|Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen Johnsen Pettersen Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl Jørgensen Halvorsen Henriksen Lund Sørensen
pl_PL|female|Anna Maria Katarzyna Małgorzata Agnieszka Krystyna Barbara Ewa Elżbieta Zofia Teresa Magdalena Joanna Janina Monika Danuta Jadwiga Aleksandra Halina Irena Natalia Julia Zuzanna Beata Dorota Helena Jolanta Aneta Karolina Marta
pl_PL|male|Piotr Krzysztof Andrzej Tomasz Jan Paweł Michał Marcin Stanisław Jakub Adam Marek Łukasz Grzegorz Mateusz Wojciech Mariusz Dariusz Zbigniew Jerzy Maciej Rafał Robert Kamil Józef Dawid Szymon Jacek Kacper Tadeusz
pl_PL|last male|Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski Mazur Kwiatkowski Wojciechowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski
pl_PL|last female|Nowak Kowalska Wiśniewska Wójcik Kowalczyk Kamińska Lewandowska Zielińska Szymańska Woźniak Dąbrowska Kozłowska Jankowska Mazur Kwiatkowska Wojciechowska Krawczyk Kaczmarek Piotrowska Grabowska Zając Pawłowska Michalska Król Wieczorek Jabłońska Wróbel Nowakowska Majewska Olszewska
pt_BR|female|Maria Ana Francisca Antônia Adriana Juliana Márcia Fernanda Patrícia Aline Sandra Camila Amanda Bruna Jéssica Letícia Júlia Luciana Vanessa Mariana Gabriela Vera Vitória Larissa Cláudia Beatriz Luana Rita Sônia Renata
pt_BR|male|José João Antônio Francisco Carlos Paulo Pedro Lucas Luiz Marcos Luís Gabriel Rafael Daniel Marcelo Bruno Eduardo Felipe Raimundo Rodrigo Manoel Mateus André Fernando Fábio Leonardo Gustavo Guilherme Leandro Tiago
pt_BR|last|Silva Santos Oliveira Souza Pereira Ferreira Lima Alves Rodrigues Costa Ribeiro Gomes Martins Carvalho Almeida Araújo Barbosa Rocha Dias Nascimento Lopes Soares Cardoso Moreira Andrade Vieira Fernandes Teixeira Mendes Nunes
pt_PT|female|Maria Ana Sofia Isabel Rita Joana Inês Catarina Margarida Marta Mariana Beatriz Carla Sandra Paula Cristina Teresa Helena Sara Patrícia Cláudia Mónica Diana Carolina Leonor Matilde Filipa Raquel Susana Fernanda
pt_PT|male|José João António Manuel Luís Carlos Pedro Paulo Francisco Miguel Rui Jorge Nuno Ricardo Tiago Fernando Bruno André Joaquim Hugo Diogo Vítor Gonçalo Rafael Rodrigo Daniel Duarte Afonso Tomás Filipe
pt_PT|last|Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira Monteiro Cardoso Rocha Neves
tr_TR|female|Fatma Ayşe Emine Hatice Zeynep Elif Meryem Şerife Sultan Zehra Hanife Merve Özlem Havva Esra Büşra Hacer Yasemin Melek Dilek Leyla Sevgi Gülsüm Aysel Ebru
tr_TR|male|Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim İsmail Osman Yusuf Murat Ömer Ramazan Halil Süleyman Abdullah Mahmut Recep Salih Fatih Kadir Emre Hakan Adem Kemal
tr_TR|last|Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Özcan Korkmaz Çakır Erdoğan
zh_CN|female|英 秀英 玉兰 秀兰 敏 静 丽 芳 娟 艳 霞 燕 玲 桂英 婷 雪 丹 红梅 玉梅 倩
zh_CN|male|伟 强 磊 军 勇 杰 涛 超 明 刚 平 辉 鹏 华 飞 鑫 波 斌 宇 浩
"""

KOREAN_LAST_NAMES = "김 2151 이 1473 박 843 최 470 정 433 강 237 조 212 윤 206 장 200 임 166 한 156 오 154 서 151 신 149 권 142 황 140 안 138 송 138 류 129 전 113 홍 112 고 95 문 93 양 93 손 92 배 81 백 77 허 65 유 63 남 55 심 55 노 51 하 46 곽 41 성 40 차 39 주 39 우 39 구 39 나 35 민 34 진 32 지 31 엄 29"
"""Of 10,000 people: the census of 2015 (Statistics Korea), rounded. The library's own are of other years."""


def common_names(locale: str, which: str) -> list[str]:
    """The commonest names of a list of a locale, such as `female` or `last`; none where none are listed."""
    for line in COMMON_NAMES.strip().split("\n"):
        at, name, names = line.split("|", 2)
        if (at, name) == (locale, which):
            return _apart(names)
    return []


def _apart(names: str) -> list[str]:
    """Names parted by spaces; those with a particle end with |."""
    found: list[str] = []
    for piece in names.replace("|", "| ").split():
        if found and found[-1].split(" ")[-1] in _PARTICLES:
            found[-1] += f" {piece.removesuffix('|')}"
        else:
            found.append(piece.removesuffix("|"))
    return found


_PARTICLES = {"De", "Van", "den", "der"}
