"""English forms by rule: what belongs to a word, and which families stay apart."""

from __future__ import annotations

import pytest

from alerts.rules.languages.english import forms, singular
from tests.unit.alerts.rules.languages.tables import pairs

FORMS = """
mobilization: mobilizations mobilisation mobilisations
mobilize: mobilizes mobilized mobilizing mobilise mobilised mobilising
raid: raids raided raiding
ban: bans banned banning
detain: detains detained detaining
deport: deports deported deporting
flee: flees fled fleeing
leave: leaves left leaving
hold: holds held holding
send: sends sent sending
take: takes took taken taking
forbid: forbids forbade forbidden forbidding
steal: stole stolen stealing
refuse: refuses refused refusing
strip: strips stripped stripping
stop: stops stopped stopping
plan: plans planned planning
cancel: cancels canceled cancelled canceling cancelling
travel: travels traveled travelled traveling travelling
admit: admitted admitting admits
die: died dies dying
carry: carries carried carrying
deny: denies denied denying
country: countries
party: parties
bus: buses
crash: crashes crashed crashing
conscript: conscripts conscripted conscripting
draft: drafts drafted drafting
citizenship: citizenships
migrant: migrants
man: men
serviceman: servicemen
woman: women
wife: wives
child: children
person: people persons
subpoena: subpoenas subpoenaed
summons: summonses
panic: panicked panicking
naturalise: naturalize naturalized naturalised
organization: organisation organizations
veto: vetoes vetoed
un: uns
"""

OTHERS = """
mobilization: mobilize mobilized mobile mobility
mobilize: mobilization mobile immobilize
mobile: mobilize mobilization
detained: detaineds detaineding
naturalized: naturalizeds naturalizing
migrant: migrate migration immigrant
raid: raider raiders
draft: draftee
deport: deportation deportee
conscript: conscription
ban: bane bank
citizenship: citizen citizenshiped
mobilization: mobilizationed mobilizationing
advise: advize
promise: promize
exercise: exercize
policeman: policemans policemaning
summons: summon
"""


@pytest.mark.parametrize(("word", "form"), pairs(FORMS))
def test_form_belongs_to_the_word(word: str, form: str) -> None:
    assert form in forms(word)


@pytest.mark.parametrize(("word", "other"), pairs(OTHERS))
def test_other_word_stays_apart(word: str, other: str) -> None:
    assert other not in forms(word)


@pytest.mark.parametrize("word", ["a", "2022", "o'clock", "мигрант", "covid19"])
def test_what_is_no_english_word_stays_as_it_is(word: str) -> None:
    assert forms(word) == {word}


@pytest.mark.parametrize(
    ("word", "base"),
    [("migrants", "migrant"), ("raids", "raid"), ("cities", "city"), ("watches", "watch"),
     ("boxes", "box"), ("offices", "office"), ("news", None), ("class", None), ("status", None),
     ("raid", None), ("summons", None), ("мигранты", None)],
)  # fmt: skip
def test_a_regular_plural_has_a_singular(word: str, base: str | None) -> None:
    assert singular(word) == base
