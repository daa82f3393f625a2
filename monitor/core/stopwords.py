"""Words that tell stories badly apart, for the first texts of a brand.

Once texts have come in, words are weighed by how often they occur, in any language; so these lists
are short, and only the main one knows more than English.
"""

from __future__ import annotations

#: Function words of English, Spanish, German, French, Portuguese, Italian; leftovers of markup.
STOPWORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being but by can
    cant could day did didnt do does doesnt doing dont down even for from get gets getting go going
    good got had has have he her here him his how i if im in into is isnt it its ive just know like
    lol make me more most much my need new no not now of off on one only or other our out over
    people please really right said same say says see she should so some still such take than
    thanks that thats the their them then there theres these they theyre thing this those through
    time to today too under up us use very via want was wasnt way we well were what when where
    which while who why will with wont would yes yet you your youre amp gt lt http https www rt
    al como con de del el en es esta este esto la las le lo los mas me mi muy no para pero por que
    se si sin su sus un una uno y ya
    aber als am an auch auf aus bei bin das dass dem den der des die doch ein eine einem einen
    einer er es fur hat ich ihr im in ist ja kein man mit nach nicht noch nur oder sehr sich sie
    sind so und uns von vor war was wie wir wird zu zum zur für über
    au aux avec ce cest ces cette dans de des du elle en est et il ils je la le les leur ma mais
    mes mon ne nous on ou par pas plus pour qui quand sa ses son sont sur tu un une vous été
    ao aos as com da das do dos ela ele em foi mais mas na nas nem nos num não o os ou pela pelo
    por que se sem ser seu sua também tem uma um você é
    alla anche che chi ci dei della delle di gli ha hanno il io nel nella non per piu più quello
    questo sono è
    """.split()  # noqa: SIM905 - so many quoted words cannot be read
)

#: Words that many a brand's mentions have, whatever the story.
COMMON = frozenset(
    """
    account accounts airline airlines airport app april article august away awful bad bag bags
    bank best better big bill bills bought brand breaking broken business buy call called
    calls came canceled cancelled car card cars case change charge charged check city come
    companies company complaint crew customer customers days deal december delay delayed
    delivery died driver drivers email emails employee employees ever every experience fail
    february feel find first fix fixed flight flights food free friday gave give great group
    half happy hate help home hour hours house huge issue issues january july june last late
    later launch left life links little live long look lost love loyalty luggage made making
    manager many march market may member million minute minutes monday money month months
    morning never news next nice night november number october office official ok old omg
    online open order ordered passenger passengers pay people phone photo place plane police
    post price problem problems product products read refund refunds report reports review sad
    sale sales saturday screen seat seats self sell september service share shares shop show
    shows sold staff start state still stop store stores stuck stuff sunday support sure talk
    team tell terrible thank think thought thursday ticket tickets told tomorrow tonight
    tuesday turn twitter update video wait waiting watch website wednesday week weeks went
    wife woman won word work worked worker workers working works world worse worst wow wrong
    year years yesterday
    """.split()  # noqa: SIM905
)
