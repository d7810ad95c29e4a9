"""Train models from what is loaded."""

import typer

from cli.train_comparison import train_comparison
from cli.train_extraction import train_extraction
from cli.train_map import train_map
from cli.train_ranking import train_ranking
from cli.train_recommender import train_the_recommender

app = typer.Typer(no_args_is_help=True, help="Train models from what is loaded.")
app.command("ranking")(train_ranking)
app.command("recommender")(train_the_recommender)
app.command("comparison")(train_comparison)
app.command("extraction")(train_extraction)
app.command("map")(train_map)


@app.callback()
def train() -> None:
    """Train models from what is loaded."""
