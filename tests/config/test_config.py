"""config.toml: what it may say, and the error that names the key when it says something else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import database_of, load
from monitor.core.settings import QuietHours, Settings
from monitor.core.types import Level
from monitor.errors import ConfigError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

GOOD = f"""
[monitor]
database = "data/monitor.db"
contact = "mailto:you@example.com"
http = "127.0.0.1:8300"
allow_private_hosts = ["127.0.0.1"]
retention = "400d"
heartbeat = "24h"

[[brands]]
name = "United Airlines"
description = "US airline"
aliases = ["United Airlines", "@united"]
ambiguous = ["United"]
exclude = ["Manchester United"]
owned = ["united.com", "@united"]

[[sources]]
name = "example"
kind = "feed"
url = "https://example.com/feed.xml"
every = "5m"
backfill = "24h"
brands = ["United Airlines"]

[[sources]]
name = "local"
kind = "feed"
url = "feeds/one.xml"
every = "1s"
backfill = "all"
brands = ["United Airlines"]
assume_brand = true

[[webhooks]]
name = "leadership"
url = "env:HOOK_URL"
secret = "file:secret.txt"
min_level = "critical"
events = ["incident.*", "source.*"]
fallback = "board"

[[webhooks]]
name = "board"
url = "http://127.0.0.1:9/hook"
secret = ["{SECRET}", "{SECRET}"]

[alerts]
watch = 0.2
quiet_hours = ["22:00-07:00 Europe/London"]
budget = "2/day"

[[escalation]]
after = "15m"
webhooks = ["board"]
"""
AURORA = """
[[brands]]
name = "Aurora Rail"
aliases = ["Aurora Rail"]
"""


@pytest.fixture
def write(tmp_path: Path):
    def _write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        (tmp_path / "secret.txt").write_text(f"{SECRET}\n")
        return path

    return _write


def good(write, env: dict[str, str] | None = None, **kwargs) -> Settings:
    return load(
        write(GOOD), env={"HOOK_URL": "https://hooks.example/T0/secret"} | (env or {}), **kwargs
    )


def test_every_key_of_the_contract_is_read(write, tmp_path):
    settings = good(write)

    assert settings.database == tmp_path / "data/monitor.db"
    assert settings.http == ("127.0.0.1", 8300)
    assert settings.retention == timedelta(days=400)
    assert settings.heartbeat == timedelta(hours=24)
    assert settings.brand("United Airlines").ambiguous == ("United",)
    assert settings.sources[0].every == timedelta(minutes=5)
    assert settings.sources[0].url == "https://example.com/feed.xml"
    assert settings.sources[1].url == str(tmp_path / "feeds/one.xml")
    assert settings.sources[1].backfill is None
    assert settings.sources[1].assume_brand is True
    assert settings.webhooks[0].url.reveal() == "https://hooks.example/T0/secret"
    assert [s.reveal() for s in settings.webhooks[0].secrets] == [SECRET]
    assert settings.webhooks[0].min_level is Level.CRITICAL
    assert settings.webhooks[0].fallback == "board"
    assert len(settings.webhooks[1].secrets) == 2
    assert settings.alerts.watch == 0.2
    assert settings.alerts.quiet_hours == (QuietHours(start=1320, end=420, zone="Europe/London"),)
    assert settings.alerts.budget == (2, timedelta(days=1))
    assert settings.alerts.escalation[0].webhooks == ("board",)


def test_an_empty_file_means_the_defaults_of_the_contract(write, tmp_path):
    settings = load(write(""), env={})

    assert settings.database == tmp_path / "monitor.db"
    assert settings.model.name == "incident"
    assert (settings.alerts.watch, settings.alerts.warning, settings.alerts.critical) == (
        0.25,
        0.5,
        0.8,
    )
    assert settings.alerts.acknowledge_within == timedelta(minutes=15)
    assert settings.alerts.repeat_after == timedelta(hours=4)
    assert settings.alerts.budget == (3, timedelta(weeks=1))
    assert settings.push_token is None


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('every = "5m"', 'evry = "5m"', "sources[0].evry: unknown key; did you mean `every`?"),
        (
            'min_level = "critical"',
            'min-level = "critical"',
            "webhooks[0].min-level: unknown key; did you mean `min_level`?",
        ),
        ("[monitor]", '"my brand" = 1\n[monitor]', "my brand: unknown key"),
        ('every = "5m"', 'every = "5 minutes"', "sources[0].every: should be a duration"),
        ('every = "1s"', 'every = "0s"', "sources[1].every: should be at least 1s"),
        ('every = "1s"', 'every = "36501d"', "sources[1].every: should be at most 36500d"),
        ('every = "1s"', "every = 5", "sources[1].every: should be a duration"),
        ('backfill = "all"', 'backfill = "none"', "sources[1].backfill: should be a duration"),
        ('name = "local"', 'name = "example"', "sources[1].name: 'example' is also sources[0]"),
        ('name = "local"', "", "sources[1].name: missing"),
        ('name = "local"', 'name = " "', "sources[1].name: should not be empty"),
        ('name = "board"', 'name = "leadership"', "webhooks[1].name: 'leadership' is also"),
        ('kind = "feed"', 'kind = "telepathy"', "sources[0].kind: 'telepathy' is not one of "),
        ("https://example.com/feed.xml", "ftp://example.com/f", "sources[0].url: should be http"),
        ("https://example.com/feed.xml", "https://", "sources[0].url: names no host"),
        ('["127.0.0.1"]', '["10.0.0.0/8"]', "monitor.allow_private_hosts[0]: should be a host or"),
        ('["127.0.0.1"]', '["nas", "nas:http"]', "monitor.allow_private_hosts[1]: should be"),
        (
            'brands = ["United Airlines"]',
            'brands = ["Delta"]',
            "sources[0].brands: there is no 'Delta'",
        ),
        (
            "assume_brand = true",
            "assume_brand = 1",
            "sources[1].assume_brand: should be a valid bool",
        ),
        (
            'aliases = ["United Airlines", "@united"]',
            'aliases = "x"',
            "brands[0].aliases: should be a",
        ),
        (
            'min_level = "critical"',
            'min_level = "huge"',
            "webhooks[0].min_level: should be one of",
        ),
        ('fallback = "board"', 'fallback = "desk"', "webhooks[0].fallback: there is no 'desk'"),
        (
            'fallback = "board"',
            'fallback = "leadership"',
            "webhooks[0].fallback: a webhook cannot",
        ),
        ('fallback = "board"', 'format = "fax"', "webhooks[0].format: 'fax' is not one of"),
        ('secret = "file:secret.txt"', "", "webhooks[0].secret: a signed webhook needs one"),
        (
            'secret = "file:secret.txt"',
            'secret = "file:no.txt"',
            "webhooks[0].secret: cannot read",
        ),
        (
            'secret = "file:secret.txt"',
            'secret = "env:NONE"',
            "webhooks[0].secret: the environment",
        ),
        (
            'secret = "file:secret.txt"',
            'secret = "hunter2"',
            "webhooks[0].secret: a webhook secret starts with whsec_",
        ),
        (
            'secret = "file:secret.txt"',
            'secret = "whsec_!"',
            "webhooks[0].secret: a webhook secret is base64",
        ),
        (
            'secret = "file:secret.txt"',
            'secret = "whsec_AAAA"',
            "webhooks[0].secret: a webhook secret has 24 to 64",
        ),
        ("http://127.0.0.1:9/hook", "mailto:me", "webhooks[1].url: should be an http or https"),
        ('http = "127.0.0.1:8300"', 'http = "8300"', 'monitor.http: should be "host:port"'),
        ('http = "127.0.0.1:8300"', 'http = "a:99999"', 'monitor.http: should be "host:port"'),
        ('heartbeat = "24h"', 'heartbeat = "daily"', "monitor.heartbeat: should be a duration"),
        (
            'heartbeat = "24h"',
            'public_url = "javascript:1"',
            "monitor.public_url: should be an http or https address, not 'javascript:1'",
        ),
        (
            'events = ["incident.*", "source.*"]',
            'events = ["incidents.*"]',
            "webhooks[0].events: no type of event matches 'incidents.*'; did you mean 'inci",
        ),
        (
            'events = ["incident.*", "source.*"]',
            'events = ["source.*", "sauce.*"]',
            "webhooks[0].events: no type of event matches 'sauce.*'; did you mean 'source.*'?",
        ),
        (
            'events = ["incident.*", "source.*"]',
            'events = ["zzz"]',
            "webhooks[0].events: no type of event matches 'zzz'; known: incident.*, statement.*,",
        ),
        ('contact = "mailto:you@example.com"', "", "monitor.contact: polling other people's"),
        ("mailto:you@example.com", "a\\nb", "monitor.contact: should be one line"),
        ("you@example.com", "zoë@example.com", "monitor.contact: should be plain ASCII"),
        ("watch = 0.2", "watch = 0.6", "alerts.warning: should be above `watch`"),
        ("watch = 0.2", "critical = 1.5", "alerts.critical: should be above 0 and at most 1"),
        ("watch = 0.2", 'watch = "low"', "alerts.watch: should be a valid number"),
        ("22:00-07:00 Europe/London", "night", "alerts.quiet_hours[0]: should look like"),
        ("22:00-07:00 E", "07:00-07:00 E", "alerts.quiet_hours[0]: ends as it begins"),
        ("Europe/London", "Europe/Atlantis", "alerts.quiet_hours[0]: 'Europe/Atlantis' is not a"),
        ('budget = "2/day"', 'budget = "few"', "alerts.budget: should be pages a span"),
        ('webhooks = ["board"]', 'webhooks = ["nobody"]', "escalation[0].webhooks: there is no"),
        ('webhooks = ["board"]', "webhooks = []", "escalation[0].webhooks: "),
        ("[alerts]", "[alarms]", "alarms: unknown key; did you mean `alerts`?"),
        ("[monitor]", "[monitor", "config.toml: not TOML: "),
        ("[monitor]", f"x = {'[' * 100_000}", "config.toml: not TOML: nested too deeply"),
    ],
)
def test_an_error_names_the_key(write, old, new, error):
    assert old in GOOD

    with pytest.raises(ConfigError) as caught:
        load(write(GOOD.replace(old, new, 1)), env={"HOOK_URL": "https://hooks.example/x"})

    assert error in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "[sources]\ntoken = 's3cret'",
            "sources: should be a list of tables; each has the header [[",
        ),
        (
            "[[sources.news]]",
            "sources: should be a list of tables; each has the header [[sources]]",
        ),
        ("[[alerts]]", "alerts: there is one of it: should be a table with the header [alerts]"),
        ("monitor = 5", "monitor: should be a table with the header [monitor], in single"),
        ('webhooks = ["x"]', "webhooks[0]: should be a table with the header [[webhooks]]"),
        ("[[brands]]\nname = 'x'\naliases = 'x'", 'brands[0].aliases: should be a list: ["…"]'),
    ],
)
def test_a_table_or_list_of_the_wrong_shape_is_told_how_to_write_it(write, text, error):
    with pytest.raises(ConfigError) as caught:
        load(write(text), env={})

    assert str(caught.value).startswith(error)
    assert "s3cret" not in str(caught.value)


def test_all_wrong_keys_are_named_at_once_each_on_one_line(write):
    text = "alarms = 1\n[monitor]\nhttp = 5\n[[webhooks]]\nname = 'a'\nsecret = 5"
    with pytest.raises(ConfigError) as caught:
        load(write(text), env={})

    keys = [line.split(": ")[0] for line in str(caught.value).splitlines()]
    # A secret is a text or a list of them: as neither it is wrong once.
    assert sorted(keys) == ["alarms", "monitor.http", "webhooks[0].secret"]


def test_what_keys_must_not_say_together_is_named_at_once(write):
    wrong = GOOD.replace("watch = 0.2", "watch = 0.6").replace('["incident.*"', '["zzz"')
    with pytest.raises(ConfigError) as caught:
        load(write(wrong), env={"HOOK_URL": "https://hooks.example/x"})

    event, level = str(caught.value).splitlines()
    assert event.startswith("webhooks[0].events: no type of event matches 'zzz'")
    assert level.startswith("alerts.warning: should be above `watch`")


def test_all_variables_that_are_not_set_are_named_at_once(write):
    hooks = "".join(
        f"[[webhooks]]\nname = '{name}'\nurl = 'env:{name}_URL'\nsecret = '{SECRET}'\n"
        for name in "ABC"
    )
    with pytest.raises(ConfigError) as caught:
        load(write(hooks), env={"B_URL": "https://hooks.example/b"})

    assert str(caught.value).splitlines() == [
        "webhooks[0].url: the environment variable A_URL is not set",
        "webhooks[2].url: the environment variable C_URL is not set",
    ]


def test_a_brand_without_any_name_to_look_for_is_refused(write):
    with pytest.raises(ConfigError, match=r"brands\[0\]\.aliases: a brand needs"):
        load(write('[[brands]]\nname = "A"\n'), env={})


def test_a_name_cannot_be_certain_and_ambiguous_at_once(write):
    text = '[[brands]]\nname = "A"\naliases = ["United"]\nambiguous = ["UNITED"]\n'
    with pytest.raises(ConfigError) as caught:
        load(write(text), env={})
    assert str(caught.value).startswith(
        "brands[0].ambiguous: 'UNITED' is also in brands[0].aliases: "
    )


HOSTS = ["10.0.0.5", "desk.lan:9093", "büro", "::1", "[::1]", "[fd00::1]:80", " my_host "]
NO_HOSTS = ["http://10.0.0.5", "10.0.0.0/8", "*.lan", "", "a b", "desk.lan:http", ":80", "u@desk"]


@pytest.mark.parametrize("host", HOSTS)
def test_a_private_host_is_a_name_or_an_address_perhaps_with_its_port(write, host):
    settings = load(write(f'[monitor]\nallow_private_hosts = ["{host}"]'), env={})
    assert settings.allow_private_hosts == (host.strip(),)


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_private_host_that_would_match_no_address_is_refused(write, host):
    with pytest.raises(ConfigError) as caught:
        load(write(f'[monitor]\nallow_private_hosts = ["desk.lan", "{host}"]'), env={})
    assert str(caught.value).startswith("monitor.allow_private_hosts[1]: should be a host or ")


@pytest.mark.parametrize("names", ['aliases = ["United"]', 'ambiguous = ["united"]'])
def test_a_name_of_the_brand_cannot_be_excluded(write, names):
    text = f'[[brands]]\nname = "A"\n{names}\nexclude = ["Manchester United", "UNITED"]\n'
    with pytest.raises(ConfigError) as caught:
        load(write(text), env={})
    assert str(caught.value).startswith("brands[0].exclude: 'UNITED' is also a name of the brand")


@pytest.mark.parametrize("pattern", ["*", "incident.*", "source.blind", "[si]*", "*.digest"])
def test_a_pattern_of_events_needs_to_match_one_type(write, pattern):
    text = GOOD.replace('events = ["incident.*", "source.*"]', f'events = ["{pattern}"]')
    settings = load(write(text), env={"HOOK_URL": "https://x.example"})
    assert settings.webhooks[0].events == (pattern,)


def test_a_file_that_begins_with_a_mark_of_its_encoding_is_read(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[[brands]]\nname = "Ä"\naliases = ["Ä"]\n', encoding="utf-8-sig")
    assert load(path, env={}).brands[0].name == "Ä"


@pytest.mark.parametrize(
    "named", ["", 'brands = ["United Airlines"]', 'brands = ["United Airlines", "Aurora Rail"]']
)
def test_an_assumed_brand_is_the_first_that_the_source_names_or_the_only_one_there_is(
    write, named
):
    text = GOOD.replace('brands = ["United Airlines"]\nassume_brand', f"{named}\nassume_brand")
    if "Aurora" in named:
        text += AURORA

    settings = load(write(text), env={"HOOK_URL": "https://x.example"})

    assert settings.sources[1].brands == ("United Airlines",)


def test_which_of_several_brands_is_assumed_must_be_said(write):
    text = GOOD.replace('brands = ["United Airlines"]\nassume_brand', "assume_brand") + AURORA

    with pytest.raises(ConfigError, match=r"sources\[1\]\.brands: .*which one\?"):
        load(write(text), env={"HOOK_URL": "https://x.example"})


def test_a_source_of_an_assumed_brand_searches_for_that_brand_alone(write):
    text = (
        """
[monitor]
contact = "mailto:a@b.example"

[[brands]]
name = "United Airlines"
aliases = ["United Airlines"]

[[sources]]
name = "news"
kind = "gdelt"
assume_brand = true
brands = ["United Airlines", "Aurora Rail"]
"""
        + AURORA
    )

    assert load(write(text), env={}).sources[0].query == ("United Airlines",)


def test_an_escalation_step_cannot_come_before_the_one_above_it(write):
    text = GOOD + '\n[[escalation]]\nafter = "5m"\nwebhooks = ["board"]\n'

    with pytest.raises(ConfigError, match=r"escalation\[1\]\.after: should not be shorter"):
        load(write(text), env={"HOOK_URL": "https://x.example"})


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match=r"nothing\.toml: not found; `monitor init` writes one"):
        load(tmp_path / "nothing.toml", env={})


def test_a_directory_is_not_a_configuration(tmp_path):
    with pytest.raises(ConfigError, match="Is a directory"):
        load(tmp_path, env={})


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match=r"not UTF-8: .* at byte 0"):
        load(tmp_path / "config.toml", env={})


def test_an_empty_secret_file_is_refused(write, tmp_path):
    path = write(GOOD)
    (tmp_path / "secret.txt").write_text("\n")

    with pytest.raises(ConfigError, match=r"webhooks\[0\]\.secret: .*secret\.txt is empty"):
        load(path, env={"HOOK_URL": "https://x.example"})


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("MONITOR__ALERTS__WARNING", "0.4", lambda s: s.alerts.warning == 0.4),
        ("MONITOR__MONITOR__DATABASE", "other.db", lambda s: s.database.name == "other.db"),
        ("MONITOR__MONITOR__HTTP", "", lambda s: s.http is None),
        ("MONITOR__MONITOR__HEARTBEAT", "", lambda s: s.heartbeat is None),
        ("MONITOR__SOURCES__0__EVERY", "2s", lambda s: s.sources[0].every == timedelta(seconds=2)),
        ("MONITOR__SOURCES__1__ASSUME_BRAND", "false", lambda s: not s.sources[1].assume_brand),
        (
            "MONITOR__BRANDS__0__OWNED",
            '["u.example"]',
            lambda s: s.brands[0].owned == ("u.example",),
        ),
        ("MONITOR__MONITOR__PUSH_TOKEN", "12345", lambda s: s.push_token.reveal() == "12345"),
        ("MONITOR__WEBHOOKS__1__SECRET", SECRET, lambda s: len(s.webhooks[1].secrets) == 1),
    ],
)
def test_the_environment_overrides_a_key(write, variable, value, read):
    assert read(good(write, {variable: value}))


@pytest.mark.parametrize(
    ("variable", "value", "error"),
    [
        ("MONITOR__ALERTS__WARNNG", "0.4", "alerts.warnng: unknown key"),
        ("MONITOR__ALERTS__WARNING", "high", "alerts.warning: should be a valid number"),
        ("MONITOR__SOURCES__7__EVERY", "2s", "MONITOR__SOURCES__7__EVERY: there is no entry '7'"),
        ("MONITOR__SOURCES__²__EVERY", "2s", "MONITOR__SOURCES__²__EVERY: there is no entry '²'"),
        ("MONITOR__SOURCES__0", "x", "MONITOR__SOURCES__0: the environment can set keys"),
        ("MONITOR__MONITOR__HTTP__PORT", "1", "MONITOR__MONITOR__HTTP__PORT: "),
    ],
)
def test_a_wrong_override_is_named(write, variable, value, error):
    with pytest.raises(ConfigError) as caught:
        good(write, {variable: value})

    assert error in str(caught.value)


def test_commands_that_only_look_need_no_secrets(write):
    settings = load(write(GOOD), env={}, secret=False)

    assert str(settings.webhooks[0].url) == "env:HOOK_URL"
    assert settings.webhooks[0].url.reveal() == ""


def test_a_secret_never_shows_itself(write):
    settings = good(write)

    assert "hooks.example" not in repr(settings)
    assert SECRET not in repr(settings)
    assert str(settings.webhooks[0].url) == "env:HOOK_URL"
    assert str(settings.webhooks[1].url) == "***"


def test_a_wrong_value_in_a_webhook_is_not_shown(write):
    text = GOOD.replace('url = "env:HOOK_URL"', "url = 1234567890")

    with pytest.raises(ConfigError) as caught:
        load(write(text), env={})

    assert str(caught.value) == "webhooks[0].url: should be a valid string, not int"


def test_the_thresholds_are_found_by_level(write):
    alerts = good(write).alerts

    assert [alerts.threshold(level) for level in Level] == [0.0, 0.2, 0.5, 0.8]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (GOOD, "data/monitor.db"),
        (GOOD.replace("[monitor]", "[monitor]\nnonsense = 1"), "data/monitor.db"),
        (GOOD.replace('"data/monitor.db"', "7"), "monitor.db"),
        ("monitor = 7", "monitor.db"),
        ("", "monitor.db"),
        ("[[", "monitor.db"),
    ],
)
def test_where_the_database_is_can_be_said_of_a_file_that_is_wrong(write, tmp_path, text, name):
    assert database_of(write(text), env={}) == tmp_path / name


def test_where_the_database_is_can_be_said_by_the_environment(write, tmp_path):
    env = {"MONITOR__MONITOR__DATABASE": "other.db"}
    assert database_of(write("[brands]"), env=env) == tmp_path / "other.db"
