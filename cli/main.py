"""The command ``vitrine``."""

import sys

import typer

from cli import (
    backup,
    catalog,
    demo,
    dictionary,
    erase,
    evaluate,
    loading,
    models,
    report,
    report_behaviour,
    report_prices,
    rules,
    serve,
    synonyms,
    tokens,
    train,
)
from language.errors import VitrineError

app = typer.Typer(
    name="vitrine",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Vitrine: search, facets and suggestions for a shop. Data lives in VITRINE_HOME (default ./.vitrine).",
)
app.command("load")(loading.load)
app.command("index")(catalog.index)
app.command("dictionary")(dictionary.dictionary)
app.command("search")(catalog.search)
app.command("status")(catalog.status)
app.command("erase")(erase.erase)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("serve")(serve.serve)
app.command("token")(tokens.token)
app.command("demo")(demo.demo)
report.app.command("prices")(report_prices.report_prices)
report.app.command("behaviour")(report_behaviour.report_behaviour)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(report.app, name="report")
app.add_typer(models.app, name="models")
app.add_typer(train.app, name="train")
app.add_typer(rules.app, name="rules")
app.add_typer(synonyms.app, name="synonyms")


def main() -> None:
    """Run the command line: exit code 0 done, 1 failed, 2 wrong use."""
    try:
        app()
    except VitrineError as error:
        typer.secho(f"error: {error.message}", err=True, fg="red")
        sys.exit(1)
    except (ValueError, OSError) as error:
        # Names that cannot be used, files that cannot be read or written: their own text says which.
        typer.secho(f"error: {error}", err=True, fg="red")
        sys.exit(1)
