"""Draw the map of a catalogue."""

from importlib.metadata import version

import typer

from cli.context import AsJson, CatalogName, opened, print_json
from ranking.product_map.artefact import KIND, save
from ranking.product_map.drawing import draw
from registry import Training


def train_map(catalog: CatalogName, as_json: AsJson = False) -> None:
    """Draw the map of an indexed catalogue: products that mean the like lie near each other.

    By the vectors of its encoder, or by the words of titles where it has none. Takes some minutes for 20,000 products
    and needs the extra `learn`. A service that runs takes the map up by itself.

    Example: vitrine train map icecat
    """
    with opened() as context:
        index = context.serving(catalog)
        drawn = draw(index)
        training = Training(
            version("vitrine"), parameters={"products": len(drawn.ids), "encoder": index.stats().encoder or "titles"}
        )
        artefact = context.registry.publish(catalog, KIND, training, lambda folder: save(drawn, folder))
    if as_json:
        print_json({"catalog": catalog, "products": len(drawn.ids), "version": artefact.manifest.version})
    else:
        typer.echo(f"{catalog}: {len(drawn.ids):,} products on map {artefact.manifest.version}")
