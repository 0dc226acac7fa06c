"""`silences`: keep some alerts from being told for a time, on record."""

from __future__ import annotations

import getpass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.age import age
from cli.listing import not_found, open_configured
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.alerting import Level

if TYPE_CHECKING:
    from core.config.models import WatchConfig
    from storage.records import Silence

silences = typer.Typer(
    name="silences", help="Alerts that are not told for a time.", no_args_is_help=True
)


@silences.command("add")
def add(
    rule: Annotated[list[str] | None, typer.Option(help="Rule; `*` for any text.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Source; `*` for any text.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Tag of the source.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Topic of the rule.")] = None,
    entity: Annotated[list[str] | None, typer.Option(help="Entity that is named.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Language of the article.")] = None,
    level: Annotated[list[Level] | None, typer.Option(help="Level.")] = None,
    receiver: Annotated[list[str] | None, typer.Option(help="Only to this receiver.")] = None,
    story_of: Annotated[
        str | None, typer.Option(help="The story of this alert.", metavar="ALERT")
    ] = None,
    for_: Annotated[str, typer.Option("--for", help="How long.", metavar="TIME")] = "8h",
    reason: Annotated[str, typer.Option(help="Why, for whoever misses the alerts.")] = "",
    by: Annotated[str | None, typer.Option(help="Who; your user name without.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Keep alerts for which everything given holds untold. They are stored all the same."""
    from cli.output import print_line
    from core.clock import utc_now
    from core.config import load_config
    from core.config.routing import SilenceMatch

    conditions: dict[str, Any] = {
        "rules": rule, "sources": source, "tags": tag, "topics": topic, "entities": entity,
        "languages": language, "level": level, "receivers": receiver,
    }  # fmt: skip
    given = {name: tuple(value) for name, value in conditions.items() if value}
    _check_names(given, load_config(config).config)
    now, lasts = utc_now(), age(for_, "--for")
    with open_configured(config) as store:
        if story_of is not None:
            alert = store.alert(story_of)
            if alert is None:
                raise not_found(f"alert '{story_of}'")
            story = store.story_id(alert.article.id)
            if story is None:
                raise not_found(f"story of alert '{story_of}'")
            given["story"] = story  # type: ignore[assignment]  # the one that is no list
        if not given:
            raise typer.BadParameter(
                "give at least one condition, such as --rule: nothing may silence everything"
            )
        silence = store.add_silence(
            SilenceMatch.model_validate(given),
            author=by or getpass.getuser(),
            reason=reason,
            starts_at=now,
            ends_at=now + lasts,
        )
    print_line(f"{silence.id} until {silence.ends_at:%Y-%m-%d %H:%M} UTC: {_words(silence)}")


@silences.command("list")
def list_silences(
    everything: Annotated[bool, typer.Option("--all", help="Those that ended, too.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List silences, those that end last first."""
    from cli.output import print_json, print_table
    from core.clock import utc_now

    with open_configured(config) as store:
        found = store.silences(after=None if everything else utc_now())
    if output is OutputFormat.JSON:
        print_json(
            [
                {
                    "id": one.id,
                    "match": one.match.model_dump(mode="json", exclude_unset=True),
                    "author": one.author,
                    "reason": one.reason,
                    "starts_at": one.starts_at,
                    "ends_at": one.ends_at,
                }
                for one in found
            ]
        )
        return
    print_table(
        ("id", "until", "author", "reason", "alerts"),
        [(one.id, one.ends_at, one.author, one.reason, _words(one)) for one in found],
    )


@silences.command("end")
def end(
    silence_id: Annotated[str, typer.Argument(metavar="ID", help="The silence's id.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """End a silence now. It stays on record."""
    from cli.output import print_line
    from core.clock import utc_now

    with open_configured(config) as store:
        store.end_silence(silence_id, utc_now())
    print_line(f"{silence_id} has ended")


def _check_names(given: dict[str, tuple[str, ...]], watch: WatchConfig) -> None:
    """Refuse names that the configuration does not have: such a silence would keep nothing."""
    from core.config.models import OWN_RULES
    from core.config.problems import did_you_mean

    known = {
        "rules": {one.id for one in watch.rules} | set(OWN_RULES),
        "sources": {one.name for one in watch.sources},
        "tags": {tag for one in watch.sources for tag in one.tags},
        "topics": {topic for one in watch.rules for topic in one.topics},
        "entities": set(watch.entities),
        "receivers": {one.name for one in watch.receivers},
    }
    for condition, names in known.items():
        for name in given.get(condition, ()):
            if name not in names and not any(fnmatchcase(one, name) for one in names):
                hint = did_you_mean(name, names)
                raise typer.BadParameter(
                    f"there is no '{name}' among the {condition}" + (f"; {hint}" if hint else "")
                )


def _words(silence: Silence) -> str:
    given = silence.match.model_dump(mode="json", exclude_unset=True)
    return "; ".join(
        f"{name} {', '.join(value) if isinstance(value, list) else value}"
        for name, value in given.items()
    )
