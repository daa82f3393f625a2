"""`deliveries` and `webhook`: the outbox, dead letters, and trying a webhook by hand.

Does not decide when to retry (see `core.retry`).
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from monitor.cli.common import (
    Whole,
    config_option,
    json_option,
    limit_option,
    now,
    one_more,
    reading,
    say_json,
    say_table,
    within,
)
from monitor.cli.groups import Listing
from monitor.config import load
from monitor.core.outbox import Answered
from monitor.errors import NotFoundError


@click.group("deliveries", cls=Listing, invoke_without_command=True)
@click.option("--dead", is_flag=True, help="Only dead letters.")
@limit_option(100)
@config_option
@json_option
@click.pass_context
def deliveries_command(
    ctx: click.Context, *, dead: bool, limit: int, config: Path, as_json: bool
) -> None:
    """List what was sent, what waits, and dead letters; the newest first."""
    if ctx.invoked_subcommand is not None:
        return
    from monitor.adapters.queries import Queries

    with Queries.open(reading(config).database) as queries:
        found = within(queries.deliveries(dead=dead, limit=one_more(limit)), limit)
    if as_json:
        say_json(found)
        return
    columns = ("id", "created_at", "type", "level", "webhook", "state", "attempt", "last_error")
    say_table(found, columns, none="no deliveries")


@deliveries_command.command("retry")
@click.argument("delivery_id", metavar="ID", type=Whole())
@config_option
def retry_command(delivery_id: int, config: Path) -> None:
    """Put a delivery back into the outbox, due now."""
    from monitor.adapters.store import SqliteStore

    with SqliteStore.open(reading(config).database, create=False) as store:
        store.retry_delivery(delivery_id, now=now())
    click.echo(f"delivery {delivery_id} is due now")


@click.group("webhook", cls=Listing)
def webhook_command() -> None:
    """Try a webhook, or take a disabled one back into use."""


@webhook_command.command("test")
@click.argument("name")
@config_option
@json_option
def test_command(name: str, config: Path, as_json: bool) -> None:
    """Send a signed `webhook.test` event now and print the answer."""
    from monitor.receivers import complaint
    from monitor.trial import greet

    settings = load(config)
    answer = asyncio.run(greet(settings, name))
    webhook = settings.webhook(name)
    delivered = webhook is not None and complaint(webhook, answer, now=now()) is None
    if as_json:
        say_json(
            {
                "webhook": name,
                "delivered": delivered,
                "status": answer.status if isinstance(answer, Answered) else None,
                "answer": answer.excerpt if isinstance(answer, Answered) else answer.error,
            }
        )
    elif isinstance(answer, Answered):
        click.echo(f"{name} answered {answer.status} {answer.excerpt}".rstrip())
    else:
        click.echo(f"{name} did not answer: {answer.error}")
    if not delivered:
        sys.exit(1)


@webhook_command.command("enable")
@click.argument("name")
@config_option
def enable_command(name: str, config: Path) -> None:
    """Take a webhook that said 410 Gone back into use."""
    from monitor.adapters.store import SqliteStore

    settings = reading(config)
    if settings.webhook(name) is None:
        raise NotFoundError(f"there is no webhook {name!r}")
    with SqliteStore.open(settings.database, create=False) as store:
        was_disabled = store.enable_webhook(name, now=now())
    click.echo(f"{name} is in use again" if was_disabled else f"{name} was not disabled")
