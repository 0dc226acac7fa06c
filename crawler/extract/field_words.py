"""The words of the lines that only say when an article was published and who wrote it."""

from __future__ import annotations

DATE_WORDS: dict[str, tuple[str, ...]] = {
    "any": ("am", "pm", "utc", "gmt", "msk", "est", "edt", "cet", "cest", "et", "t", "z"),
    "en": (
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
        "sept", "oct", "nov", "dec", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "published",
        "updated", "posted", "last", "on", "at", "of", "st", "nd", "rd", "th", "min", "read",
        "ago", "hours", "minutes", "date", "time",
    ),
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
        "октября", "ноября", "декабря", "январь", "февраль", "март", "апрель", "май", "июнь",
        "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь", "понедельник", "вторник",
        "среда", "четверг", "пятница", "суббота", "воскресенье", "сегодня", "вчера", "в",
        "опубликовано", "обновлено", "дата", "публикации", "г", "года", "мск", "назад", "часов",
        "минут", "час", "часа",
    ),
    "uk": (
        "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня",
        "жовтня", "листопада", "грудня", "понеділок", "вівторок", "середа", "четвер", "п", "ятниця",
        "субота", "неділя", "сьогодні", "вчора", "о", "у", "опубліковано", "оновлено", "р", "року",
    ),
    "kk": (
        "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек",
        "қазан", "қараша", "желтоқсан", "бүгін", "кеше", "жыл", "жылғы", "жарияланды", "жаңартылды",
        "сағат",
    ),
    "ky": (
        "январь", "жылдын", "жылы", "бүгүн", "кечээ", "жарыяланган", "жарыяланды", "жаңыланды",
        "саат",
    ),
    "uz": (
        "yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avgust", "sentyabr", "oktyabr",
        "noyabr", "dekabr", "bugun", "kecha", "yil", "yangilangan", "soat", "январ", "феврал",
        "апрел", "июн", "июл", "сентябр", "октябр", "ноябр", "декабр", "бугун", "кеча", "йил",
        "соат", "e", "lon", "qilingan", "qilindi",
    ),
    "tg": (
        "январи", "феврали", "марти", "апрели", "майи", "июни", "июли", "августи", "сентябри",
        "октябри", "ноябри", "декабри", "имрӯз", "дирӯз", "соли", "соат", "нашр", "шуд", "шудааст",
    ),
    "de": (
        "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "montag",
        "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "mo", "di", "mi",
        "do", "fr", "sa", "so", "uhr", "stand", "aktualisiert", "veröffentlicht", "um", "vom",
        "den", "datum", "heute", "gestern", "zuletzt",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre", "lundi", "mardi", "mercredi", "jeudi", "vendredi",
        "samedi", "dimanche", "publié", "mis", "à", "jour", "le", "h",
    ),
}  # fmt: skip
"""What a line says besides numbers that only tells when an article was published."""

BYLINE_WORDS: dict[str, tuple[str, ...]] = {
    "en": ("by", "and", "written", "author", "authors", "text", "story", "reporter", "staff",
           "correspondent", "editor"),
    "ru": ("автор", "авторы", "текст", "корреспондент", "редакция", "подготовил", "подготовила",
           "и"),
    "uk": ("автор", "автори", "текст", "кореспондент", "підготував", "підготувала", "та", "і"),
    "kk": ("автор", "авторы", "мәтін", "тілші", "және"),
    "ky": ("автор", "автору", "кабарчы", "жана"),
    "uz": ("muallif", "muallifi", "muxbir", "va", "муаллиф", "мухбир", "ва"),
    "tg": ("муаллиф", "хабарнигор", "ва"),
    "de": ("von", "und", "autor", "autorin", "redaktion", "text"),
    "fr": ("par", "et", "auteur", "rédaction"),
}  # fmt: skip
"""What a line says besides names that only tells who wrote an article."""
