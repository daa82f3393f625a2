"""From checked tables to frozen `Settings`: paths made absolute, references to secrets read.

Does not check keys or values (see `schema`, `rules`), save what shows only once a secret is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from monitor.config import secrets, source_rules
from monitor.config.schema import BrandTable, File, SilenceTable, SourceTable, WebhookTable
from monitor.core.formats import TERMS, secret_complaint, url_complaint
from monitor.core.pushing import KIND as PUSH
from monitor.core.pushing import address_of
from monitor.core.settings import (
    AlertSettings,
    Brand,
    EscalationStep,
    PlannedSilence,
    Secret,
    Settings,
    SourceSettings,
    WebhookSettings,
)
from monitor.errors import ConfigError
from monitor.sources.registry import KINDS

T = TypeVar("T")
S = TypeVar("S")

#: In a wheel the model lies inside the package, in a checkout beside it.
SHIPPED_MODELS = (
    Path(__file__).parents[1] / "models" / "incident",
    Path(__file__).parents[2] / "models" / "incident",
)


def shipped_model() -> Path:
    """The directory of the model that comes with the program."""
    return next((path for path in SHIPPED_MODELS if path.is_dir()), SHIPPED_MODELS[-1])


def freeze(file: File, path: Path, env: Mapping[str, str] | None) -> Settings:
    """Build the `Settings` of a checked file; `env` None leaves secrets unread.

    Raises `ConfigError` for a reference that leads nowhere or a secret of the wrong form.
    """
    table = file.monitor
    return Settings(
        path=path,
        database=path.parent / table.database,
        model=path.parent / table.model if table.model else shipped_model(),
        contact=table.contact,
        http=table.http,
        allow_private_hosts=tuple(table.allow_private_hosts),
        retention=table.retention,
        public_url=table.public_url.rstrip("/"),
        push_token=_secret("monitor.push_token", table.push_token, env, path)
        if table.push_token
        else None,
        heartbeat=table.heartbeat,
        brands=tuple(_brand(brand) for brand in file.brands),
        sources=_each(file.sources, lambda at, _: _source(at, file, env, path)),
        webhooks=_each(file.webhooks, lambda at, hook: _webhook(at, hook, env, path)),
        alerts=_alerts(file),
        silences=tuple(map(_silence, file.silences)),
    )


def _each(entries: Sequence[T], made: Callable[[int, T], S]) -> tuple[S, ...]:
    """What is made of each; who forgot to set one variable has mostly forgotten more of them."""
    wrong: list[str] = []
    right: list[S] = []
    for at, entry in enumerate(entries):
        try:
            right.append(made(at, entry))
        except ConfigError as e:
            wrong.append(str(e))
    if wrong:
        raise ConfigError("\n".join(wrong))
    return tuple(right)


def _brand(table: BrandTable) -> Brand:
    return Brand(
        name=table.name,
        description=table.description,
        aliases=tuple(table.aliases),
        ambiguous=tuple(table.ambiguous),
        exclude=tuple(table.exclude),
        owned=tuple(table.owned),
    )


def _source(at: int, file: File, env: Mapping[str, str] | None, path: Path) -> SourceSettings:
    table = file.sources[at]
    kind = KINDS[table.kind]
    key = f"sources[{at}].token"
    values = table.model_dump() | {
        "url": _address(table, path.parent),
        "brands": source_rules.brands(table, file),
        "query": source_rules.queries(table, kind, file),
        "token": _secret(key, table.token, env, path) if table.token else None,
        "floor": kind.floor,
    }
    return SourceSettings(**values)


def _address(table: SourceTable, base: Path) -> str:
    if table.kind == PUSH:
        return address_of(table.name)
    url = source_rules.address_of(table)
    return url if source_rules.is_remote(url) else _local(url, base)


def _local(url: str, base: Path) -> str:
    return str((base / url.removeprefix("file://")).absolute())


def _webhook(
    at: int, table: WebhookTable, env: Mapping[str, str] | None, path: Path
) -> WebhookSettings:
    key = f"webhooks[{at}]"
    texts = table.given_secrets
    keys = [
        f"{key}.secret" if isinstance(table.secret, str) else f"{key}.secret[{n}]"
        for n in range(len(texts))
    ]
    found = tuple(_secret(k, text, env, path) for k, text in zip(keys, texts, strict=True))
    url = _secret(f"{key}.url", table.url or TERMS[table.format].url, env, path)
    if env is not None:
        _refuse(f"{key}.url", url_complaint(table.format, url.reveal()))
        for name, one in zip(keys, found, strict=True):
            _refuse(name, secret_complaint(table.format, one.reveal()))
    return WebhookSettings(
        name=table.name,
        url=url,
        secrets=found,
        format=table.format,
        min_level=table.min_level,
        brands=tuple(table.brands),
        events=tuple(table.events),
        fallback=table.fallback,
    )


def _secret(key: str, text: str, env: Mapping[str, str] | None, path: Path) -> Secret:
    if env is None:
        return secrets.unresolved(text)
    return secrets.resolve(key, text, env=env, base=path.parent)


def _refuse(key: str, complaint: str | None) -> None:
    if complaint:
        raise ConfigError(f"{key}: {complaint}")


def _alerts(file: File) -> AlertSettings:
    values = file.alerts.model_dump() | {"quiet_hours": tuple(file.alerts.quiet_hours)}
    steps = (EscalationStep(after=s.after, webhooks=tuple(s.webhooks)) for s in file.escalation)
    return AlertSettings(**values, escalation=tuple(steps))


def _silence(table: SilenceTable) -> PlannedSilence:
    return PlannedSilence(
        name=table.name,
        reason=table.reason,
        brand=table.brand or None,
        starts_at=table.starts_at,
        ends_at=table.until,
        windows=tuple(table.hours),
    )
