"""The shipped model hears plain words: headlines as agencies write them, posts without wit.

Texts on invented brands, written for this test and never trained on. A guard, and no measure.
"""

from __future__ import annotations

from tests.shipped import verdicts

#: A harm counts as told.
TOLD = 0.5
#: Brand, source, text, the harm that it alleges.
PLAIN = (
    (
        "Haldane Coffee: coffee chain",
        "news",
        "Calls grow for boycott of Haldane Coffee over tax payments",
        "boycott",
    ),
    (
        "Haldane Coffee: coffee chain",
        "twitter",
        "I will not be buying Haldane Coffee again and nor should you. Boycott them.",
        "boycott",
    ),
    (
        "Trelawny Stores: supermarket",
        "news",
        "Trelawny Stores faces customer boycott after selling pesticide-sprayed fruit",
        "boycott",
    ),
    (
        "Trelawny Stores: supermarket",
        "twitter",
        (
            "RT @localvoice: Protest outside Trelawny Stores head office this Saturday "
            "at noon, bring everyone"
        ),
        "boycott",
    ),
    ("Orlo: ride-hailing app", "twitter", "Just deleted my Orlo account. #BoycottOrlo", "boycott"),
    (
        "Calvary Insurance: insurer",
        "news",
        "Calvary Insurance fined £12m for misleading customers",
        "deception",
    ),
    (
        "Calvary Insurance: insurer",
        "news",
        "Regulator opens investigation into Calvary Insurance",
        "legal",
    ),
    (
        "Westhaven Bank: bank",
        "news",
        "Westhaven Bank to pay $90m to settle money laundering probe",
        "legal",
    ),
    (
        "Westhaven Bank: bank",
        "news",
        "Former Westhaven Bank traders found guilty of rate rigging",
        "deception",
    ),
    (
        "Westhaven Bank: bank",
        "twitter",
        "Westhaven Bank mis-sold my parents a policy they could never claim on. It is fraud.",
        "deception",
    ),
    (
        "Pellow Motors: car maker",
        "news",
        "Pellow Motors recalls 48,000 cars over faulty airbags",
        "product",
    ),
    ("Pellow Motors: car maker", "news", "Pellow Motors sued over engine defect", "legal"),
    (
        "Pellow Motors: car maker",
        "news",
        "Two killed in crash involving Pellow Motors driverless car",
        "safety",
    ),
    ("Sandoro: pasta maker", "news", "Sandoro pasta recalled over salmonella fears", "product"),
    (
        "Sandoro: pasta maker",
        "news",
        "Thirty people fall ill with food poisoning linked to Sandoro ready meals",
        "safety",
    ),
    (
        "Linkora: social network",
        "news",
        "Data breach at Linkora exposes details of 3 million users",
        "privacy",
    ),
    (
        "Linkora: social network",
        "twitter",
        "Linkora has been hacked and my personal data is for sale, got the email today",
        "privacy",
    ),
    (
        "Linkora: social network",
        "news",
        "Linkora down: users report problems logging in",
        "outage",
    ),
    (
        "Quaymont Bank: bank",
        "twitter",
        "Quaymont Bank app is down again, can't access my account and I can't pay for shopping",
        "outage",
    ),
    (
        "Quaymont Bank: bank",
        "news",
        "IT failure leaves Quaymont Bank customers unable to make payments",
        "outage",
    ),
    (
        "Telbrook: mobile network",
        "news",
        "Telbrook outage leaves thousands without signal",
        "outage",
    ),
    (
        "Ferrand Hotels: hotel chain",
        "news",
        "Ferrand Hotels accused of racism after black guest asked to leave pool",
        "discrimination",
    ),
    (
        "Ferrand Hotels: hotel chain",
        "twitter",
        "@FerrandHotels refused my wheelchair at the door. That is discrimination.",
        "discrimination",
    ),
    (
        "Ferrand Hotels: hotel chain",
        "review",
        (
            "The receptionist was extremely rude to my wife and shouted at her in front "
            "of other guests."
        ),
        "mistreatment",
    ),
    (
        "Ardent Air: airline",
        "review",
        (
            "Flight left on time but the cabin crew were rude and made fun of an old "
            "lady who could not lift her bag."
        ),
        "mistreatment",
    ),
    (
        "Ardent Air: airline",
        "news",
        "Passenger dragged off Ardent Air flight by security guards",
        "mistreatment",
    ),
    ("Ardent Air: airline", "news", "Ardent Air cabin crew vote to strike over pay", "labour"),
    ("Gantry Logistics: parcel service", "news", "Gantry Logistics to cut 900 jobs", "labour"),
    (
        "Gantry Logistics: parcel service",
        "news",
        "Gantry Logistics warehouse workers forced to urinate in bottles, union says",
        "labour",
    ),
    (
        "Gantry Logistics: parcel service",
        "twitter",
        (
            "Gantry have lost my parcel and nobody answers the phone. Still waiting "
            "after two weeks."
        ),
        "service",
    ),
    (
        "Merriden: clothing retailer",
        "news",
        "Child labour found in Merriden supply chain, charity says",
        "labour",
    ),
    (
        "Merriden: clothing retailer",
        "news",
        "Merriden founder resigns over sexual harassment claims",
        "executive",
    ),
    (
        "Coastal Fuels: oil company",
        "news",
        "Coastal Fuels chief executive apologises for remarks about climate protesters",
        "executive",
    ),
    (
        "Coastal Fuels: oil company",
        "news",
        "Oil spill from Coastal Fuels pipeline reaches nature reserve",
        "environment",
    ),
    (
        "Isen Water: water company",
        "news",
        "Isen Water dumped raw sewage into river for 2,000 hours",
        "environment",
    ),
    (
        "Fairacre Farms: egg producer",
        "news",
        "Undercover footage shows cruelty to hens at Fairacre Farms",
        "animal",
    ),
)
#: The same words where nothing is alleged against the brand.
HARMLESS = (
    ("Haldane Coffee: coffee chain", "news", "Haldane Coffee opens 12 new shops in Scotland"),
    ("Haldane Coffee: coffee chain", "news", "Haldane Coffee joins boycott of plastic straws"),
    ("Calvary Insurance: insurer", "news", "Calvary Insurance profits rise 8% in first half"),
    ("Westhaven Bank: bank", "news", "Man jailed for robbing Westhaven Bank branch"),
    (
        "Westhaven Bank: bank",
        "news",
        "Westhaven Bank warns customers of scam text messages sent by criminals",
    ),
    (
        "Westhaven Bank: bank",
        "twitter",
        "Opened an account with Westhaven Bank today, took ten minutes",
    ),
    ("Pellow Motors: car maker", "news", "Pellow Motors unveils new electric hatchback"),
    (
        "Pellow Motors: car maker",
        "news",
        "Rival carmaker recalls 20,000 vans; Pellow Motors models not affected",
    ),
    (
        "Linkora: social network",
        "twitter",
        "posting this from linkora because the other app is down lol",
    ),
    ("Linkora: social network", "news", "Linkora wins patent lawsuit against troll firm"),
    (
        "Ferrand Hotels: hotel chain",
        "news",
        "Firefighters thank Ferrand Hotels staff for sheltering families after estate fire",
    ),
    (
        "Ferrand Hotels: hotel chain",
        "review",
        "Staff could not have been kinder, we will be back.",
    ),
    ("Ardent Air: airline", "twitter", "Boarding Ardent Air to Lisbon, see you on the other side"),
    (
        "Gantry Logistics: parcel service",
        "news",
        "Gantry Logistics to create 400 jobs at new depot",
    ),
    (
        "Merriden: clothing retailer",
        "twitter",
        "this merriden dress is killing me, I need it in every colour",
    ),
    (
        "Merriden: clothing retailer",
        "news",
        (
            "Documentary on the history of child labour in mills to be filmed at old "
            "Merriden factory museum"
        ),
    ),
    (
        "Coastal Fuels: oil company",
        "news",
        "Coastal Fuels sponsors regional youth football league",
    ),
    (
        "Telbrook: mobile network",
        "twitter",
        "Telbrook signal is great out here, four bars on the beach",
    ),
)


def test_nearly_every_harm_told_in_plain_words_is_heard() -> None:
    read = zip(verdicts(told[:3] for told in PLAIN), PLAIN, strict=True)
    missed = [text for verdict, (*_, text, harm) in read if verdict.harms[harm] < TOLD]
    assert len(missed) <= 1, missed


def test_the_same_words_are_seldom_taken_for_one_where_nothing_is_alleged() -> None:
    told = [
        any(chance >= TOLD for harm, chance in verdict.harms.items() if harm != "praise")
        for verdict in verdicts(HARMLESS)
    ]
    assert sum(told) <= 4
