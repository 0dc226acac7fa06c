from __future__ import annotations

import pytest

from crawler.extract.boilerplate import drop_boilerplate
from crawler.extract.credits import is_credit

SENTENCE = "The council voted to repair the bridge before winter."


@pytest.mark.parametrize(
    "prompt",
    [
        "Add a Comment", "Leave a reply", "12 comments", "Share on Facebook",
        "Facebook | Twitter | VK",
        "Subscribe to our daily newsletter", "Advertisement",
        "Your email address will not be published.",
        "Добавить комментарий", "Комментарии (4)", "Поделиться",
        "Подписывайтесь на наш канал в Telegram",
        "Если вы нашли ошибку, выделите её и нажмите Ctrl+Enter", "Реклама",
        "Залишити коментар", "Поділитися", "Пікір қалдыру", "Бөлісу", "Комментарий калтыруу",
        "Бөлүшүү",
        "Izoh qoldirish", "Do‘stlaringiz bilan ulashing", "Изоҳ қолдириш", "Шарҳ гузоштан",
        "Share Tweet Copy link", "Поделиться Твитнуть Скопировать ссылку", "Бөлісу | Telegram",
        "Reproduction of our materials is allowed only with a link to the Gazette.",
        "Перепечатка материалов только с письменного согласия редакции, гиперссылка обязательна.",
        "При использовании материалов сайта активная ссылка на «Вести» обязательна.",
        "Передрук матеріалів дозволено лише з посиланням на джерело.",
        "Материалдарды көшіріп басқан кезде сайтқа сілтеме жасау міндетті.",
        "Материалдарды көчүрүп басууда сайтка шилтеме берүү милдеттүү.",
        "Saytdagi materiallardan foydalanilganda manbaga havola qilish shart.",
        "Истифодаи маводи сомона танҳо бо ишора ба сарчашма.",
    ],
)  # fmt: skip
def test_prompt_is_dropped_wherever_it_stands(prompt: str) -> None:
    text = f"{SENTENCE}\n{prompt}\n{SENTENCE}\n- {prompt.upper()}!"
    assert drop_boilerplate(text) == f"{SENTENCE}\n{SENTENCE}"


@pytest.mark.parametrize(
    "news",
    [
        "При использовании материалов дела суд учёл согласие потерпевших на пересмотр.",
        "Перепечатка двух тысяч повесток заняла у военкомата неделю.",
        "The tweet was shared by the office, and the link was copied by its staff.",
    ],
)
def test_news_in_the_words_of_a_notice_stays(news: str) -> None:
    assert drop_boilerplate(f"{SENTENCE}\n{news}\n{SENTENCE}") == f"{SENTENCE}\n{news}\n{SENTENCE}"


@pytest.mark.parametrize(
    "line",
    [
        "Read also: A new bridge is planned", "Photo: Ivan Krutov", "© Reuters",
        "Читайте также: Мост закроют до мая", "Фото: пресс-служба мэрии",
        "Дивіться також: Новий міст",
        "Сондай-ақ оқыңыз: Жаңа көпір", "Дагы окуңуз: Жаңы көпүрө", "Yana o‘qing: Yangi ko‘prik",
        "Ҳамчунин хонед: Пули нав",
    ],
)  # fmt: skip
def test_short_line_with_an_opener_is_dropped(line: str) -> None:
    assert drop_boilerplate(f"{SENTENCE}\n{line}\n{SENTENCE}") == f"{SENTENCE}\n{SENTENCE}"


@pytest.mark.parametrize(
    "glued", ["Add a Comment", "Добавить комментарий (3)", "Пікір қалдыру", "Izoh qoldirish"]
)
def test_prompt_glued_to_the_last_sentence_is_cut(glued: str) -> None:
    assert drop_boilerplate(f"{SENTENCE}{glued}") == SENTENCE
    assert drop_boilerplate(f"{SENTENCE} {glued}") == SENTENCE


@pytest.mark.parametrize(
    "heading", ["Related stories", "Читайте также:", "Новини за темою", "Teglar", "Дагы окуңуз"]
)
def test_heading_with_headlines_ends_the_article(heading: str) -> None:
    text = f"{SENTENCE}\n{heading}\nFuel prices rise again\nThe last ferry of the year"
    assert drop_boilerplate(text) == SENTENCE


def test_heading_in_the_middle_stays_when_sentences_follow() -> None:
    text = f"{SENTENCE}\nTopics\n{SENTENCE}"
    assert drop_boilerplate(text) == text


@pytest.mark.parametrize(
    "heading",
    ["Topics", "Latest", "Top", "More on the detained", "Up next", "Themen", "Mehr zu den Opfern"],
)
def test_what_stands_under_the_heading_of_a_section_stays(heading: str) -> None:
    text = f"{SENTENCE}\n{heading}\nCall-up of reservists in Osh\nBakyt Asanov\nMaria Lee"
    assert drop_boilerplate(text) == text
    assert drop_boilerplate(f"More on forty detained in Osh\n{SENTENCE}") == (
        f"More on forty detained in Osh\n{SENTENCE}"
    )


@pytest.mark.parametrize("heading", ["Topics", "Latest", "Themen", "Read also:"])
def test_heading_that_is_left_over_at_an_edge_goes(heading: str) -> None:
    assert drop_boilerplate(f"{heading}\n{SENTENCE}\n{heading}") == SENTENCE


@pytest.mark.parametrize(
    "sentence",
    [
        "Share prices fell on Monday after the ministry's comment.",
        "Sign up for the Disney+ bundle using the same email as your account",
        "Subscribe to this view and you will see the border closed by spring.",
        "Comment from the ministry was not available on Tuesday.",
        "Log in data showed that the account was used twice.",
        "Related charges were dropped in May.",
        "Photo: evidence or art? The court must decide. Lawyers disagree.",
        "Реклама на дорогах подорожала втрое.",
        "Комментарий министерства получить не удалось.",
        "Поделиться хлебом с соседями просили в первые дни войны.",
        "Оставить комментарий он отказался.",
        "Подписаться под обращением успели триста человек.",
        "Фото и видео с места аварии изучает полиция.",
        "Войти в здание не смог никто.",
        "Жарнама берушілер сотқа жүгінді.",
        "Теги собак проверят до осени.",
        "500 комментариев удалили модераторы.",
    ],
)
def test_sentence_that_only_begins_like_a_prompt_stays(sentence: str) -> None:
    text = f"{SENTENCE}\n{sentence}\n{SENTENCE}\n{sentence}"
    assert drop_boilerplate(text) == text


@pytest.mark.parametrize(
    "news",
    [
        "Support USAID programmes gave to clinics in Osh has ended",
        "Support us or face jail, the governor told the migrants",
        "Already a member of NATO, Finland closed its border on Friday",
        "Register of draftees was leaked on a Telegram channel on Monday",
        "Register of the called-up is sent to parents through a newsletter",
        "Join the army, a Telegram channel told migrants in Osh",
        "Follow-up raids at a Telegram group led to forty arrests",
        "Follow the soldiers on WhatsApp who refused to fight and you hear of beatings",
        "Sign up for the draft by May or lose your pension, text alerts say",
        "Make a contribution to the front or lose your job, teachers were told",
        "Copyright 2026 rules take effect in Osh, and three shops were closed",
        "Story continues after thirty years: remains of a soldier found near Osh",
        "This is a breaking news story that moved three governments to resign",
        "To read the full story of the deserters the court needed two days",
        "Sign in or register as a reservist by Friday, all men are told",
        "Link copied from a Telegram group led police to the recruiters",
        "Поддержать проект закона о мобилизации решили восемьдесят депутатов",
        "Поддержать наших солдат призвал губернатор области",
        "Поддержать независимость Абхазии предложили в парламенте",
        "Стали свидетелями взрыва в Оше десятки жителей",
        "Нашли ошибку в списках мобилизованных проверяющие из области",
        "Мы в телеграме увидели видео задержания, рассказала мать призывника",
        "Мы в Telegram не писали о войне, заявил на суде задержанный",
        "Подписаться на телеграм-канал боевиков предлагали мигрантам в Оше",
        "Подписаться на контракт заставляли через телеграм студентов",
        "Подпишитесь на контракт, призывают мигрантов телеграм-каналы",
        "Сделать пожертвование на нужды армии заставляли учителей",
        "Оформить подписку о невыезде заставили двенадцать мигрантов",
        "Есть новость из Оша: объявлена мобилизация",
        "Есть новость: мобилизация объявлена",
        "Обсудить призыв собрались в комментариях двести человек",
        "Больше материалов о задержании телеграм удалил по решению суда",
        "Самые важные новости о призыве телеграм удалил",
        "Сообщайте о дезертирах, велела жителям редакция районной газеты",
        "Комментировать могут только побои те, кто видел их сам",
        "Все права защищены законом не были, решил суд",
        "Сообщите в редакцию о пропавших мобилизованных",
        "Сообщите на почту о родственниках, которых мобилизовали",
        "Поддержите наш проект мобилизации",
        "Присоединяйтесь к нам на фронте",
        "Стали очевидцами, расскажите следствию",
        "Стали свидетелями задержания? Мигранты боятся об этом рассказывать",
        "Підтримати незалежність України готові дев'ять із десяти",
        "Підписатися на канал окупантів змушували вчителів",
        "Знайшли помилку в списках мобілізованих ревізори",
        "Telegram арнамызға жазылыңыз деп алдаған алаяқ Ошта ұсталды",
        "Telegram kanaliga obuna bo‘ling deb aldagan firibgar O‘shda ushlandi",
        "Телеграм каналга обуна бўлинг деб алдаган киши Ўшда ушланди",
        "Дар Telegram ба канали ҷангҷӯён обуна шавед гуфта, муҳоҷиронро фиреб доданд",
        "Бизге жазыңыз деп мигранттарды армияга алдашкан",
        "Unterstützen sie unsere Gegner, wird die Grenze geschlossen",
        "Bestellen sie den Messenger über die App ab, droht Haft",
        "Kanal abonnieren mussten die Rekruten am Montag",
        "Soutenez les grévistes, dit le maire aux habitants",
        "S'abonner à un canal Telegram interdit mène en prison",
        "Partager sur Telegram une liste de mobilisés coûte cinq ans",
    ],
)
def test_news_stay_that_a_prompt_begins_or_ends_with(news: str) -> None:
    text = f"{SENTENCE}\n{news}\n{SENTENCE}\n{news}."
    assert drop_boilerplate(text) == text


@pytest.mark.parametrize(
    "news",
    [
        "Источник: в Оше задержаны двенадцать мигрантов", "Источник: мэр Оша задержан",
        "Источник: пресс-служба подтвердила задержание", "Источник: мобилизация начнётся в мае",
        "ИСТОЧНИК: В ОШЕ ЗАДЕРЖАНЫ ДВЕНАДЦАТЬ МИГРАНТОВ",
        "Видео: как полиция разгоняла митинг в Оше", "Видео: очевидцы сняли задержание мигрантов",
        "Видео: военкомат увозит призывников автобусами",
        "Фото из архива МВД подтверждают, что задержанных было двенадцать",
        "Фото с сайта министерства доказывают, что танки стояли в Оше",
        "Фото автора расклеили на столбах, сообщил свидетель",
        "Фото: на площади в Оше собрались тысячи человек",
        "Скриншот: чат мобилизованных, где их зовут на митинг",
        "Джерело: в Одесі затримали двадцятьох чоловіків",
        "Сүрөт: аянтка миңдеген киши чыкты", "Видео: милиция мигранттарды кармап жатат",
        "Сурет: Алматыда жүздеген адам алаңға шықты",
        "Video: o‘n ikki migrant ushlandi", "Видео: ўн икки киши ушланди",
        "Видео: дар Душанбе муҳоҷиронро боздошт карданд",
        "Quelle: Polizei nimmt zwölf Migranten fest", "Video: Rekruten fliehen über die Grenze",
        "Source: le maire est arrêté", "Source: agencies say mayor fled",
        "Video: the arrests", "Photo: police detain migrants at the station in Osh",
        "Picture: soldiers were seen at the border on Friday",
        "Themen: Haushalt, Einberufung der Reservisten",
    ],
)  # fmt: skip
def test_what_a_source_or_a_film_tells_stays(news: str) -> None:
    text = f"{SENTENCE}\n{news}\n{SENTENCE}\n{news}."
    assert drop_boilerplate(text) == text


@pytest.mark.parametrize(
    "credit",
    [
        "Источник: РИА Новости", "Источник: https://kloop.example/a", "Источник: 24.example",
        "Источник: пресс-служба МВД", "Источник: «Вечерний Ош»",
        "Фото: пресс-служба мэрии города", "Фото: Иван Крутов / ТАСС", "Фото: из личного архива",
        "Фото: скриншот с видео", "Фото автора", "Фото с сайта kloop.example", "Фото из архива",
        "Фото пресс-службы президента", "Видео: МВД Кыргызстана", "Видео: соцсети",
        "Фото: Telegram-канал губернатора", "Джерело: Укрінформ", "Фото: пресслужба громади",
        "Сүрөт: Азаттык", "Сүрөт: басма сөз кызматы", "Сурет: ашық дереккөз",
        "Surat: matbuot xizmati", "Сурат: матбуот хизмати", "Акс: хадамоти матбуот",
        "Quelle: dpa", "Foto: picture alliance / dpa | Uli Deck", "Bild: imago images",
        "Foto: Jan van der Berg, privat", "Photo: Ivan Krutov", "Image: AFP via Getty Images",
        "Photo courtesy: the Press Office of Osh", "Source: AFP", "Crédit photo : Jean Dupont",
    ],
)  # fmt: skip
def test_credits_go(credit: str) -> None:
    assert drop_boilerplate(f"{SENTENCE}\n{credit}\n{SENTENCE}") == f"{SENTENCE}\n{SENTENCE}"


@pytest.mark.parametrize(
    "prompt",
    [
        "Follow NBC Latino on Facebook, Twitter and Instagram.",
        "Follow The Tribune's Opinion section on Facebook, Twitter (@opinion) and Instagram.",
        "Follow us on X",
        "Subscribe to the Gadgets YouTube Channel for all of the latest videos and more!",
        "Sign up for our free weekly newsletter to get the best of the Post",
        "Join our official WhatsApp channel to get the latest news",
        "Support our journalism", "Support us today", "Donate to us here", "Donate now",
        "Already a subscriber? Sign in", "This is a breaking news story - more to follow",
        "Story continues below advertisement", "Log in or create an account to continue",
        "Copyright 2019 Island News Now. All rights reserved.",
        "Required fields are marked *",
        "Подпишитесь на наш телеграм-канал и узнавайте новости первыми",
        "Подписывайтесь на нас", "Подписаться на рассылку", "Поддержите нас", "Поддержать редакцию",
        "Читайте нас в Telegram", "Мы в Telegram", "Присоединяйтесь к нам",
        "Стали свидетелем происшествия? Напишите нам", "Есть новость? Пришлите нам",
        "Пишите нам на почту", "Присылайте новости в редакцию", "Делитесь мнением в комментариях",
        "Больше новостей в нашем телеграм-канале", "Самые важные новости — в нашем Telegram-канале",
        "Нашли ошибку?", "Нашли опечатку в тексте? Выделите её мышью",
        "Все права защищены. Перепечатка запрещена.",
        "Підписуйтесь на наш канал у Telegram", "Підтримати редакцію",
        "Біздің Telegram арнамызға жазылыңыз", "Telegram каналыбызга кошулуңуз",
        "Telegram kanalimizga obuna bo‘ling", "Телеграм каналимизга обуна бўлинг",
        "Дар Telegram ба канали мо обуна шавед",
        "Folgen Sie uns auf Facebook", "Folgst du schon dem Boten auf Whatsapp?",
        "Abonnieren Sie unseren Newsletter", "Abonnieren Sie den Podcast bei Spotify",
        "Abonnez-vous à notre newsletter", "Suivez-nous sur Facebook", "Partager sur Facebook",
    ],
)  # fmt: skip
def test_prompts_in_the_words_of_many_outlets_go(prompt: str) -> None:
    assert drop_boilerplate(f"{SENTENCE}\n{prompt}\n{SENTENCE}") == f"{SENTENCE}\n{SENTENCE}"


def test_dates_at_the_edges_are_dropped_and_those_within_stay() -> None:
    assert drop_boilerplate(f"12.05.2026 09:30\n{SENTENCE}\n2026\n{SENTENCE}\n09:30") == (
        f"{SENTENCE}\n2026\n{SENTENCE}"
    )


def test_empty_text_stays_empty() -> None:
    assert drop_boilerplate("") == ""
    assert drop_boilerplate("Add a Comment") == ""


@pytest.mark.parametrize(
    "told",
    ["Source: President Dead After Crash", "Video: Police Shoot Protesters In Bishkek",
     "Photo: Three Men Killed In Osh", "Источник: агентство закрыто", "Источник: сети без света",
     "Источник: официальный представитель мёртв"],
)  # fmt: skip
def test_a_flash_behind_a_word_of_credits_stays(told: str) -> None:
    assert not is_credit(told.partition(": ")[2])


@pytest.mark.parametrize(
    "credit",
    ["Getty Images", "AFP via Getty Images", "Ann Lee / Reuters", "Иван Петров",
     "пресс-служба мэрии", "John Smith, Ann Lee", "Press service of the Ministry"],
)  # fmt: skip
def test_names_and_agencies_are_a_credit(credit: str) -> None:
    assert is_credit(credit)
