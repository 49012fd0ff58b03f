"""Number words: month names and the words that stand for numbers, in six languages."""

import regex

from index.names.tokens import word_set

# A tilde stands for up to four more letters.
MONTHS = (
    "january jan januar enero janvier январ~ січ~",
    "february feb februar febrero fevrier феврал~ лют~",
    "march mar marz marzo mars март~ берез~",
    "april apr abril avril апрел~ квіт~",
    "may mai mayo мая май травня травень травні",
    "june jun juni junio juin июн~ черв~",
    "july jul juli julio juillet июл~ лип~",
    "august aug agosto aout август~ серп~",
    "september sep sept septiembre septembre сентябр~ верес~",
    "october oct oktober octubre octobre октябр~ жовт~",
    "november nov noviembre novembre ноябр~ листоп~",
    "december dec dezember diciembre decembre декабр~ груд~",
)
ONES = {
    0: "zero",
    2: "two два две двух двум дві двох dos deux zwei",
    3: "three три трех трьох tres trois drei",
    4: "four четыре четырех чотири чотирьох cuatro quatre vier",
    5: "five пять пяти cinco cinq fünf",
    6: "six шесть шести шість seis sechs",
    7: "seven семь семи сім siete sept sieben",
    8: "eight восемь восьми вісім ocho huit acht",
    9: "nine девять девяти nueve neuf neun",
    10: "ten десять десяти diez dix zehn",
    11: "eleven одиннадцать одинадцять once onze elf",
    12: "twelve двенадцать дванадцять doce douze zwölf",
    13: "thirteen тринадцать тринадцять trece treize dreizehn",
    14: "fourteen четырнадцать чотирнадцять catorce quatorze vierzehn",
    15: "fifteen пятнадцать quince quinze fünfzehn",
    16: "sixteen шестнадцать шістнадцять dieciséis seize sechzehn",
    17: "seventeen семнадцать сімнадцять diecisiete siebzehn",
    18: "eighteen восемнадцать вісімнадцять dieciocho achtzehn",
    19: "nineteen девятнадцать diecinueve neunzehn",
    20: "twenty двадцать двадцати двадцять veinte vingt zwanzig",
    30: "thirty тридцать тридцати тридцять treinta trente dreißig",
    40: "forty сорок cuarenta quarante vierzig",
    50: "fifty пятьдесят cincuenta cinquante fünfzig",
    60: "sixty шестьдесят шістдесят sesenta soixante sechzig",
    70: "seventy семьдесят сімдесят setenta siebzig",
    80: "eighty восемьдесят вісімдесят ochenta achtzig",
    90: "ninety девяносто noventa neunzig",
    200: "двести двісті doscientos",
    300: "триста trescientos",
    400: "четыреста чотириста cuatrocientos",
    500: "пятьсот quinientos",
    0.5: "half половина половину половини mitad moitié hälfte",
    1.5: "полтора півтора anderthalb",
}
SCALES = {
    12: "dozen dozens дюжина дюжин docena docenas douzaine dutzend",
    100: "hundred hundreds сто сотня сотни сотен сотні cien ciento cent cents hundert hunderte",
    1_000: "thousand thousands тысяча тысячи тысяч тыс тысячу тисяча тисячі тисяч mil mille tausend"
    " tausende k",
    1_000_000: "million millions m mln mn миллион миллиона миллионов млн мільйон мільйона мільйонів"
    " millón millones millionen mio",
    1_000_000_000: "billion billions bn b миллиард миллиарда миллиардов млрд мільярд мільярда"
    " мільярдів milliard milliards milliarde milliarden mrd",
    1_000_000_000_000: "trillion trillions trn триллион триллиона триллионов трлн трильйон",
}
# Words that stand for a number only beside another one ("cent mille", but not "cents"; "5m").
NOT_ALONE = word_set("k m b mn mio once sept cent cents mil sto elf seize")
LETTERS = frozenset("kmb")  # scales only when written right behind the figure: "5m", "100k"
MANY = word_set(
    "hundreds thousands millions billions dozens сотни тысячи миллионы сотні тисячі мільйони"
    " millones docenas tausende hunderte millionen milliers"
)
# Portuguese "dos" is "of the"; these words and letters tell it from the Spanish two.
PORTUGUESE = regex.compile(r"[ãõç]|\b(?:do|da|um|uma|pelo|pela)\b")
ARTICLES = frozenset({"a", "an"})
AND = frozenset({"and", "y", "et", "und", "of"})
