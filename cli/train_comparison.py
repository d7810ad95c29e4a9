"""Train what matters in comparisons from a catalogue's orders."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

import typer

from cli.context import AsJson, CatalogName, Context, one_by_one, opened, print_json, progress
from cli.train_recommender import Until
from indexer.knowledge import type_name
from indexer.learning import learn_catalog
from language.filters.tree import Scalar
from ranking.comparison.learned import KIND, Learned, save
from ranking.comparison.learning import Sold, learn
from registry import Training


def train_comparison(catalog: CatalogName, until: Until = None, as_json: AsJson = False) -> None:
    """Learn from orders which attributes decide within a type of product, and which way buyers take their numbers.

    Types that are hardly bought keep what the catalogue's statistics say. A service that runs takes it up by itself.

    Example: vitrine train comparison icecat
    """
    moment = None if until is None else until.replace(tzinfo=UTC)
    with opened() as context:
        learned = train_catalog(context, catalog, until=moment, quiet=as_json)
    directions = {name: lessons.better for name, lessons in learned.types.items() if lessons.better}
    if as_json:
        print_json({"catalog": catalog, "types": len(learned.types), "directions": directions})
        return
    typer.echo(f"{catalog}: learned from the purchases of {len(learned.types):,} types")
    for name, better in directions.items():
        typer.echo(f"  {name}: {', '.join(f'{attribute} {way}' for attribute, way in better.items())}")


def train_catalog(context: Context, catalog: str, *, until: datetime | None = None, quiet: bool) -> Learned:
    """Train and publish what one catalogue's orders teach. Raises UnknownCatalog."""
    known = context.records.catalog(catalog)
    total = 2 * context.records.count(catalog)
    with progress(f"train {catalog}", hidden=quiet) as step:
        advance = one_by_one(step, total)
        orders = _orders(context, catalog, until)
        knowledge = learn_catalog(context.records, known, advance)

        def sold() -> Iterator[Sold]:
            for item in context.records.items(catalog):
                product = item.product
                advance()
                if name := type_name(product, knowledge.type_of(product)):
                    values: dict[str, Scalar] = {
                        attribute: found[0]
                        for attribute, found in knowledge.values.values(product.attributes, name).items()
                        if len(found) == 1
                    }
                    net = next((float(offer.net) for _, offer in item.offers() if offer.net is not None), None)
                    yield Sold(name, values, net, orders[product.id])

        learned = learn(sold())
        step(total, total)
    training = Training(
        version("vitrine"),
        until=None if until is None else until.isoformat(),
        parameters={"types": len(learned.types), "products_bought": len(orders)},
    )
    context.registry.publish(catalog, KIND, training, lambda folder: save(learned, folder))
    return learned


def _orders(context: Context, catalog: str, until: datetime | None) -> Counter[str]:
    """Count the orders of each product."""
    counts: Counter[str] = Counter()
    for order in context.records.orders(catalog, until=until):
        counts.update({line.product_id for line in order.lines if line.quantity > 0})
    return counts
