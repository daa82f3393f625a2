"""Every corpus the model learnt from: what it is, where it is public, its licence as known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One folder of the data directory."""

    folder: str
    what: str
    where: str
    licence: str
    #: Whether the licence is MIT, Apache, CC BY or public domain for the texts as well: what the
    #: `clean` build is made from.
    clean: bool = False


def _source(folder: str, what: str, where: str, licence: str, *, clean: bool = False) -> Source:
    return Source(folder=folder, what=what, where=where, licence=licence, clean=clean)


SOURCES = (
    _source(
        "replab2013",
        "RepLab 2013, expert labels of reputation",
        "CLEF 2013 (Amigó et al.), c0d3nh4ck/Comparative-Analysis-of-Online-Reputation-Monitoring",
        "none stated for the texts; platform terms",
    ),
    _source(
        "newsmtsc",
        "NewsMTSC, stance in news sentences",
        "fhamborg/NewsMTSC",
        "MIT-style",
        clean=True,
    ),
    _source(
        "sentfin", "SEntFiN, entities in financial headlines", "pyRis/SEntFiN", "MIT", clean=True
    ),
    _source(
        "semeval2017_bd",
        "SemEval-2017 task 4 B and D, stance to a topic",
        "cbaziotis/datastories-semeval2017-task4",
        "code MIT; platform terms",
    ),
    _source("sanders", "Sanders, tweets on four firms", "zfz/twitter_corpus", "none stated"),
    _source("brands_products", "Emotion towards brands, SXSW 2011", "CrowdFlower", "open data"),
    _source(
        "xci_complaints",
        "X-CI, complaints to companies",
        "appy1608/ACL2023",
        "MIT; platform terms",
    ),
    _source(
        "ibm_customercare",
        "Twitter support dialogues",
        "IBM/twitter-customer-care-document-prediction",
        "Apache-2.0",
        clean=True,
    ),
    _source(
        "cfpb_narratives",
        "Complaints to the US consumer bureau",
        "CFPB",
        "public domain",
        clean=True,
    ),
    _source(
        "banking77",
        "BANKING77, questions to a bank",
        "PolyAI-LDN/task-specific-datasets",
        "CC BY 4.0",
        clean=True,
    ),
    _source(
        "ba_reviews",
        "Reviews of an airline",
        "PrathamAnalytics/Project-British-Airways-Customer-Review",
        "none stated",
    ),
    _source("fda_recalls", "Food recalls", "US FDA", "public domain", clean=True),
    _source("data_breaches", "Large data breaches", "informationisbeautiful.net", "unclear"),
    _source(
        "crisislext26",
        "CrisisLexT26, industrial disasters",
        "sajao/CrisisLex",
        "MIT; platform terms",
    ),
    _source(
        "disaster_tweets", "Disaster tweets, the figurative ones", "Kaggle", "competition rules"
    ),
    _source(
        "cyber_news",
        "Headlines on cyber security",
        "newsdatahub/cybersecurity-news-dataset-weekly-trends",
        "CC BY 4.0",
        clean=True,
    ),
    _source(
        "guardian_business",
        "Guardian business headlines, labelled for this project",
        "Kaggle copy",
        "headlines belong to The Guardian",
    ),
    _source(
        "utility_outage",
        "Tweets on power outages, labelled for this project",
        "saraso2014/identifying-utility-outages",
        "platform terms",
    ),
    _source(
        "goemotions", "GoEmotions, Reddit comments", "Google Research", "Apache-2.0", clean=True
    ),
    _source(
        "tweeteval",
        "TweetEval, emotion",
        "cardiffnlp/tweeteval",
        "no own restrictions; platform terms",
    ),
    _source("clickbait", "Clickbait headlines", "bhargaviparanjape/clickbait", "MIT", clean=True),
    _source("hacker_news", "Titles on Hacker News, unlabelled", "Kaggle", "Kaggle"),
)
OWN = _source(
    "own",
    "Texts on invented brands, written for this project",
    "models/train/corpus",
    "MIT, as this repository",
    clean=True,
)
CLEAN = frozenset(source.folder for source in (*SOURCES, OWN) if source.clean)


def checksums(data: Path) -> Iterator[tuple[str, str]]:
    """Path and SHA-256 of each file of the sources, from the manifest of the data directory."""
    manifest = json.loads((data / "MANIFEST.json").read_text(encoding="utf-8"))
    folders = {source.folder for source in SOURCES}
    for path, entry in sorted(manifest.items()):
        folder, _, name = path.partition("/")
        if folder in folders and name.endswith((".csv", ".gz", ".jsonl")):
            yield path, entry["sha256"]
