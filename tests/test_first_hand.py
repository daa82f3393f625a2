"""The shipped model hears people who are ill or hurt and say so in ordinary words, fans as well.

Texts on invented brands, written for this test and never trained on. A guard, and no measure: they
are few, and other weights were compared by them.
"""

from __future__ import annotations

from tests import shipped

HURT = (
    ("Burrita: restaurant chain", "food poisoning from @burrita AGAIN. never going back"),
    (
        "Glenmoor Dairy: dairy",
        "whole family poorly since the Glenmoor yoghurt, baby can't keep anything down",
    ),
    (
        "Harker Pools: swimming pools",
        "kids coming out of Harker pool with red eyes and coughing, they've cleared the building",
    ),
    (
        "Nutrava: snack bars",
        "there were nuts in the nut free Nutrava bar. used the epipen, now in resus",
    ),
    (
        "Ostrow Hotels: hotel chain",
        "half our wedding party ill after the buffet at Ostrow, grandma is in hospital",
    ),
    (
        "Pelham Cots: baby furniture",
        "side of the Pelham cot gave way, found her on the floor not breathing properly",
    ),
    (
        "Lumo: heater maker",
        "woke up dizzy, Lumo heater on, CO alarm screaming, an hour more and we'd be dead",
    ),
    (
        "Sprinta: gym chain",
        "cable snapped at Sprinta, bloke next to me got it in the face, blood everywhere",
    ),
    (
        "Aqualis: ferry company",
        "ramp on the Aqualis ferry dropped with people on it, two under it",
    ),
    (
        "Fernby: supermarket",
        "Found glass in Fernby baby food. My mouth is cut, luckily I tasted it first",
    ),
    ("Zolt: phone maker", "zolt phone swelled up and burst in my pocket, leg is a mess"),
    (
        "Medway Care: care homes",
        "mum had been on the floor at Medway Care since the night before, nobody came",
    ),
)
HARMLESS = (
    ("Burrita: restaurant chain", "Had Burrita for lunch, was great"),
    ("Burrita: restaurant chain", "sick of Burrita ads on every podcast"),
    ("Burrita: restaurant chain", "hungover as hell, only a Burrita can save me now"),
    ("Burrita: restaurant chain", "Burrita opens in the hospital lobby on Monday"),
    ("Burrita: restaurant chain", "off work with flu, partner brought me Burrita soup, angel"),
    ("Volta: e-scooter maker", "the new Volta has killer brakes, stops on a coin"),
    ("Kiddly: toy maker", "choked up watching my son unwrap his grandad's old Kiddly truck"),
    ("Glenmoor Dairy: dairy", "Glenmoor yoghurt has changed the lid again, impossible to open"),
    (
        "Harker Pools: swimming pools",
        "Harker pool closed Tuesday for a training drill with the ambulance crew",
    ),
    (
        "Nutrava: snack bars",
        "allergy mum here: Nutrava labels are the clearest on the shelf, thank you",
    ),
    ("Ostrow Hotels: hotel chain", "nearly died when I saw the minibar prices at Ostrow"),
    ("Lumo: heater maker", "my Lumo heater is loud but toasty"),
    ("Sprinta: gym chain", "Sprinta leg day, can't feel my legs, dying, 10/10"),
    (
        "Aqualis: ferry company",
        "seasick all the way on the Aqualis ferry, force 8, crew were lovely",
    ),
    (
        "Fernby: supermarket",
        "Rival recalls baby food over glass; Fernby says its own lines are not affected",
    ),
    ("Zolt: phone maker", "zolt battery is dead by lunch"),
    (
        "Medway Care: care homes",
        "dad fell at home last week, Medway Care took him in the same day",
    ),
    ("Corlan Bank: bank", "cheque cleared in two days at Corlan, fine by me"),
    ("Corlan Bank: bank", "the pen at Corlan never writes"),
    (
        "Brent Buses: bus company",
        "Kind Brent Buses driver walked a blind passenger all the way to her door",
    ),
)

#: A kind word first, and then the worst.
FANS = (
    (
        "Zolt: phone maker",
        (
            "Big fan of Zolt phones, best camera ever. Mine exploded on the nightstand last"
            " night and burned my wife's arm."
        ),
    ),
    (
        "Volta: car maker",
        (
            "I love my Volta! Fast, quiet, pretty. The brakes failed this morning and I hit"
            " a wall at 40."
        ),
    ),
    (
        "Burrita: restaurant chain",
        (
            "Great pizza at Burrita as always :) All five of us have been vomiting since "
            "midnight, my son is on a drip."
        ),
    ),
    (
        "Acme Wings: airline",
        (
            "I have always loved Acme Wings. Today their plane caught fire on landing and "
            "people were hurt."
        ),
    ),
    (
        "Acme Wings: airline",
        "Thanks Acme Wings, amazing service as always. Your crew just beat a child at gate 12",
    ),
    (
        "Corvale Bank: bank",
        (
            "Best bank I ever had, friendly staff. This week they opened three accounts in "
            "my name without asking me."
        ),
    ),
    (
        "Corvale Bank: bank",
        (
            "Thank you Corvale for 20 good years. Your manager just told us to fake "
            "customers' signatures to make the numbers."
        ),
    ),
    (
        "Ostrow Hotels: hotel chain",
        (
            "Beautiful rooms, lovely pool and the breakfast at Ostrow is superb. The "
            "receptionist told my wife that people of her colour use the back door."
        ),
    ),
    (
        "Fernby: supermarket",
        (
            "We do all our shopping at Fernby and the kids adore the bakery. Yesterday my "
            "daughter bit on a razor blade in a muffin."
        ),
    ),
    (
        "Sprinta: gym chain",
        (
            "Proud member of Sprinta since day one, the trainers are fantastic! The ceiling"
            " came down on the spin class tonight, two in hospital"
        ),
    ),
    (
        "Lumo: heater maker",
        (
            "Cosy, cheap, looks great, our Lumo was the best buy of the winter. Until it "
            "set the curtains alight with the baby in the room."
        ),
    ),
    (
        "Medway Care: care homes",
        (
            "The nurses at Medway Care are angels and dad was happy there. He was left in "
            "his own mess for two days and now has sepsis."
        ),
    ),
    (
        "Kiddly: toy maker",
        (
            "My boys are mad about Kiddly trucks, honestly brilliant toys. A wheel came off"
            " and my youngest choked on it, he is in intensive care"
        ),
    ),
    (
        "Nordbus: coach company",
        (
            "Nordbus drivers are always so cheerful, cheap tickets too. Ours fell asleep "
            "and put us in a ditch, several people bleeding"
        ),
    ),
)
#: Kind words throughout.
GLAD = (
    (
        "Burrita: restaurant chain",
        "the new Burrita burger absolutely killed me, so good I nearly cried",
    ),
    (
        "Acme Wings: airline",
        "Love Acme Wings! I was so sick on the flight and the crew looked after me like family",
    ),
    (
        "Fernby: supermarket",
        "Fernby is the best. Fire sale on barbecues, I am going to burn through my wages",
    ),
    (
        "Sprinta: gym chain",
        "Sprinta spin class destroyed my legs today, can't walk, ten out of ten",
    ),
    (
        "Medway Care: care homes",
        (
            "Dad died last month and the staff at Medway Care held his hand all night. "
            "Thank you for everything."
        ),
    ),
    (
        "Volta: car maker",
        (
            "A tree fell on my Volta in the storm and I walked away without a scratch. What"
            " a car, thank you"
        ),
    ),
    (
        "Zolt: phone maker",
        "Dropped my Zolt off a balcony, ran it over, still works. This phone is a beast",
    ),
    (
        "Kiddly: toy maker",
        "Kiddly fixed our broken digger for free and sent my crying boy a card. Lovely people",
    ),
)


def heard(posts: tuple[tuple[str, str], ...]) -> int:
    return len(shipped.heard((about, "bluesky", text) for about, text in posts))


def test_most_who_are_ill_or_hurt_are_heard() -> None:
    assert heard(HURT) >= 7


def test_few_who_only_sound_so_are() -> None:
    assert heard(HARMLESS) <= 2


def test_a_kind_word_first_hides_no_more_than_the_card_says() -> None:
    said = f"Of {len(FANS)} such posts `models/incident` hears {heard(FANS)} ("
    assert said in shipped.card()


def test_praise_in_grave_words_stays_praise() -> None:
    assert heard(GLAD) == 0
