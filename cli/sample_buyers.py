"""The buyers of a sample: price lists, assortments and accounts from its ``buyers.json``."""

from pathlib import Path

import orjson

from api.account_bodies import AccountBody
from api.price_bodies import assortment_from_json, price_list_from_json
from cli.context import Context
from commerce.account import Account
from indexer import Follower


def put_sample_buyers(context: Context, catalog: str, file: Path) -> list[Account]:
    """Write what the file has for buyers of an indexed catalogue, bring it into the index, and return the accounts.

    The file's members are what the back office would PUT, by id. What is there and equal stays as it is.
    """
    index, currency = context.serving(catalog), context.records.catalog(catalog).currency
    given, fields = orjson.loads(file.read_bytes()), index.fields()
    accounts = [AccountBody.model_validate(body).account(name) for name, body in given["accounts"].items()]
    for name, body in given["price_lists"].items():
        context.records.put_price_list(catalog, price_list_from_json(body, name, currency, fields))
    for name, body in given["assortments"].items():
        context.records.put_assortment(catalog, assortment_from_json(body, name, fields))
    for account in accounts:
        context.records.put_account(catalog, account)
    _bring_into_the_index(context)
    return accounts


def _bring_into_the_index(context: Context) -> None:
    # Before it serves, so that the first buyer who looks has these prices; where a service runs already, it follows.
    follower = Follower(context.records, context.engine, context.settings.home)
    try:
        while follower.step():
            pass
    finally:
        follower.stop()
