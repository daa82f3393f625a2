"""The shipped model hears one bare sentence: a bus that ran over somebody, a blow, money gone.

It is said of two brands: one has no description, the other one so broad that it fits everything
a little. Never trained on; who wrote what was had not seen it. A guard, and no measure: other
weights were compared by it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests import shipped

BRANDS = ("Escalon", "Northmere: Northmere, a transport and retail group")
#: Kind -> sentences.
GRAVE = {
    "on the road": (
        "{} bus ploughs into bus stop, four hurt",
        "A {} delivery van reversed over my neighbour's little boy this morning",
        "Motorcyclist killed after {} truck pulled out without looking",
        "{} tram derails in the city centre, people thrown from seats",
        "Pensioner knocked down by {} bus has died",
        "{} driver on his phone rear-ends school minibus",
        "Ferry of {} rams pier, dozens injured",
        "{} coach overturns on motorway",
        "My wife was knocked off her bike by a {} courier and he just drove on",
        "Teenager loses leg after being trapped in {} train door",
    ),
    "falls and work": (
        "Window cleaner falls to his death at {} headquarters",
        "Guest falls from balcony at {} hotel after railing gives way",
        "Worker crushed by forklift at {} depot",
        "Scaffolding put up by {} comes down on a pavement, two people under it",
        "Builder electrocuted on {} site",
        "Boy's arm caught in {} escalator",
        "Ceiling fell on us in {} cinema, my dad has a head wound",
        "Apprentice, 17, dies at {} factory",
        "Rollercoaster at {} stops upside down and a girl falls out",
        "Grandmother slips on wet floor at {} and breaks her hip, staff stepped over her",
    ),
    "products": (
        "My son was burned when the {} kettle burst, he is in hospital",
        "{} phone caught fire in my bag",
        "{} baby milk made our daughter sick, she is on a drip",
        "Found glass in a jar of {} jam and cut my mouth",
        "{} cot collapses, infant suffocates",
        "Brakes failed on our {} at 70, we hit the barrier",
        "Three children ill after eating {} burgers",
        "{} e-bike battery explodes, flat gutted",
        "Hair fell out in clumps after using {} shampoo",
        "Doctors link {} pill to liver failure",
    ),
    "blows": (
        "{} bouncer broke my cousin's jaw",
        "{} employee hits customer in the face",
        "Security guard at {} kneels on teenager's neck",
        "Man beaten by {} staff over a parking space",
        "{} nurse slapped an old man who had wet the bed",
        "{} conductor drags girl off train by her hair",
        "A {} driver spat at me and called me names",
        "{} carer filmed shaking a resident",
        "{} teacher locks autistic child in cupboard",
        "Cashier at {} threw coffee at a homeless man",
    ),
    "abuse": (
        "{} driver assaulted a passenger at night, police say",
        "{} manager charged with raping a colleague",
        "Masseur at {} groped me",
        "Hidden camera found in {} changing room",
        "{} teacher arrested over messages to pupils",
    ),
    "turned away": (
        "{} turned away a man because he is black",
        "Couple refused room at {} because they are gay",
        "{} told my mother to take off her headscarf or leave",
        "Wheelchair user left on the platform by {} staff",
        "{} pays women a third less for the same job",
    ),
    "money": (
        "{} took 400 pounds out of my account twice and will not give it back",
        "{} sold my grandmother an insurance she never asked for",
        "{} faked its emissions figures, insider says",
        "Accountant says {} moved losses off the books",
        "{} charged dead customers for years",
        "My pension at {} has vanished",
        "{} boss sold shares the day before the bad news",
    ),
    "privacy": (
        "{} emailed my medical file to a stranger",
        "Passwords of all {} users posted online",
        "{} app records what you say at home",
        "{} lost a laptop with the names of ten thousand children",
    ),
    "labour": (
        "{} workers sleep in the warehouse to make the quota",
        "Children as young as 12 sew for {}",
        "{} has not paid its pickers for three months",
        "Pregnant woman fired by {} the day she told them",
        "{} cleaners collapse in heat, no water breaks",
    ),
    "environment": (
        "{} pumps sewage into our river every night",
        "Fish dead for miles below the {} plant",
        "{} dumped barrels in the woods behind the school",
        "Tanker of {} leaks oil on the beach",
    ),
    "outages": (
        "{} app has been down since morning, nobody can pay",
        "All {} cards refused across the country",
        "{} has no water for 20,000 homes for the third day",
        "999 calls fail as {} network goes down",
    ),
    "leaders": (
        "{} chief executive arrested at airport",
        "{} founder caught on tape using racist slur",
        "{} chairman resigns over affair with supplier",
        "CEO of {} says the victims should have been more careful",
    ),
    "animals": (
        "{} driver hit my dog and drove off",
        "Calves beaten at {} farm, undercover video shows",
        "{} killed 200 dogs it had promised to rehome",
    ),
    "law": (
        "Families of the dead sue {}",
        "{} raided by police",
        "{} fined 20 million for price fixing",
        "Regulator opens investigation into {}",
    ),
}
#: So many of the twice as many readings are heard.
LEAST = {
    "on the road": 14,
    "falls and work": 18,
    "products": 17,
    "blows": 14,
    "abuse": 7,
    "turned away": 9,
    "money": 9,
    "privacy": 7,
    "labour": 7,
    "environment": 6,
    "outages": 7,
    "leaders": 7,
    "animals": 4,
    "law": 4,
}
#: The same words where nothing is alleged of the brand.
HARMLESS = (
    "{} bus driver stops to help lost child",
    "Learned to drive in a {} bus depot, hit a cone",
    "{} hits record profit",
    "{} crushed the opposition in the final",
    "New {} scaffolding shop opens in Leeds",
    "{} drops the price of its kettles",
    "{} runs over budget on new depot",
    "Cyclists ride free on {} this weekend",
    "Collision of two worlds: {} meets opera",
    "Rival bus firm Tarvo's coach crashed, three dead; {} sends buses to help",
    "I collided with a lamp post on my way to {} lol",
    "a {} beat, that drum solo killed me",
    "{} beats forecasts",
    "{} slashes prices",
    "Hit the shops with {}",
    "{} falls 3 % in early trading",
    "{} lift the cup after late drama",
    "Fire sale at {}",
    "{} launches first aid training after study on accidents",
    "Bus lane closed after accident near {} store, delays expected",
    "Road works outside {}, traffic jam",
    "Police appeal after crash on ring road by the {}",
    "Drunk driver crashes his {} saloon into tree",
    "Man in stolen {} van caught",
    "Thieves ram {} shop with car",
    "Vandals set fire to {} bus",
    "Passenger attacks {} driver",
    "Customer arrested for punching {} cashier",
    "Storm brings tree down on {} train",
)


def heard(sentences: Iterable[str]) -> list[str]:
    """What alarms, of these sentences said by each brand."""
    return shipped.heard(
        (brand, "", sentence.format(brand.partition(":")[0]))
        for sentence in sentences
        for brand in BRANDS
    )


@pytest.mark.parametrize("kind", GRAVE)
def test_most_bare_sentences_of_harm_are_heard(kind: str) -> None:
    assert len(heard(GRAVE[kind])) >= LEAST[kind]


def test_the_card_says_how_many() -> None:
    every = [sentence for sentences in GRAVE.values() for sentence in sentences]
    said = f"Of {len(BRANDS) * len(every)} such readings `models/incident` hears"
    assert f"{said} {len(heard(every))} (" in shipped.card()


def test_hardly_any_where_nothing_is_alleged() -> None:
    assert len(heard(HARMLESS)) <= 2, heard(HARMLESS)
