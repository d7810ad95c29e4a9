"""Prices of BMEcat files to offers."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from commerce.product import Offer, Tier
from commerce.readers.bmecat import BmecatReport, load_bmecat
from commerce.records import Records
from tests.commerce.bmecat_files import HEADER, bmecat, price, product

TODAY = date(2024, 5, 31)
Offered = Callable[..., tuple[Offer, BmecatReport]]


def order(**values: str) -> str:
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<PRODUCT_ORDER_DETAILS>{elements}</PRODUCT_ORDER_DETAILS>"


def bound(quantity: str) -> str:
    return f"<LOWER_BOUND>{quantity}</LOWER_BOUND>"


def dated(kind: str, day: str) -> str:
    return f'<DATETIME type="{kind}"><DATE>{day}</DATE></DATETIME>'


@pytest.fixture
def offered(tmp_path: Path) -> Offered:
    records = Records(f"sqlite:///{tmp_path / 'records.db'}")
    records.upgrade()

    def run(prices: str, *, rest: str = "", header: str = HEADER) -> tuple[Offer, BmecatReport]:
        file = tmp_path / "shop.xml"
        file.write_text(bmecat("\n" + product(prices=prices, rest=rest), header=header), encoding="utf-8")
        report = load_bmecat(records, "shop", [file], rejects=tmp_path / "rejects.jsonl", today=TODAY)
        (item,) = records.items("shop")
        return item.offer, report

    return run


def reasons(report: BmecatReport, kind: str = "PRODUCT_PRICE_DETAILS/PRODUCT_PRICE") -> dict[str, int]:
    return dict(report.elements[kind].left_out)


def test_the_price_of_the_smallest_quantity_is_the_offers_and_larger_ones_are_tiers(offered: Offered) -> None:
    prices = price("8", more=bound("100")) + price("10.5") + price("9.25", more=bound("10.5"))
    offer, _ = offered(prices)
    assert offer == Offer(Decimal("10.50"), tiers=(Tier(11, Decimal("9.25")), Tier(100, Decimal("8.00"))))


def test_the_buyers_own_price_goes_before_the_list_price_and_that_before_a_gross_price(offered: Offered) -> None:
    gross = price("11.90", kind="gros_list", more="<TAX>0.19</TAX>")
    listed = price("9", kind="net_list")
    own = price("8", kind="net_customer")
    assert offered(gross)[0].net == Decimal("10.00")
    assert offered(gross + listed)[0].net == Decimal("9.00")
    offer, report = offered(gross + listed + own)
    assert offer.net == Decimal("8.00")
    assert reasons(report) == {"a price of kind net_customer goes before it": 2}


LEFT_OUT = {
    "a recommended retail price": price("5", kind="nrp"),
    "a price of kind udp_internal": price("5", kind="udp_internal"),
    "a gross price without a usable tax rate": price("5", kind="gros_list"),
    "in another currency than the catalogue's (USD)": price("5", more="<PRICE_CURRENCY>USD</PRICE_CURRENCY>"),
    "for territories other than the catalogue's": price("5", more="<TERRITORY>CH</TERRITORY>"),
    "a formula in place of an amount": price("5", more="<PRICE_FORMULA/>"),
    "per another unit than the order unit": price("5", more="<PRICE_BASE><PRICE_UNIT>MTR</PRICE_UNIT></PRICE_BASE>"),
}


@pytest.mark.parametrize(("reason", "prices"), LEFT_OUT.items(), ids=LEFT_OUT.keys())
def test_prices_that_are_no_price_of_this_shop_are_left_out(reason: str, prices: str, offered: Offered) -> None:
    offer, report = offered(prices, header=HEADER + "<TERRITORY>DE</TERRITORY>")
    assert offer == Offer()
    assert reasons(report) == {reason: 1}
    assert report.rejects is None


TOLD = {
    "has no PRICE_AMOUNT": price(None, more=bound("100")),
    "PRICE_AMOUNT '12,90' is no number with a decimal point": price("12,90"),
    "PRICE_FACTOR 'x' is no number with a decimal point": price("12.90", more="<PRICE_FACTOR>x</PRICE_FACTOR>"),
    "LOWER_BOUND 0 is no quantity": price("12.90", more=bound("0")),
    "'EURO' is no currency of ISO 4217: write a code such as EUR": price(
        "12.90", more="<PRICE_CURRENCY>EURO</PRICE_CURRENCY>"
    ),
    "a price is not negative: -1.00": price("-1"),
    "a price of 90000000.00 is beyond 10,000,000: is it in minor units?": price("90000000"),
}


@pytest.mark.parametrize(("reason", "prices"), TOLD.items(), ids=TOLD.keys())
def test_prices_that_cannot_be_used_are_told_by_line_and_the_product_stays(
    reason: str, prices: str, offered: Offered
) -> None:
    offer, report = offered(prices)
    assert offer == Offer()
    assert (report.accepted, report.rejected) == (1, 0)
    assert report.rejects is not None
    row = orjson.loads(report.rejects.read_bytes())
    assert (row["file"], row["line"], row["field"], row["reason"]) == ("shop.xml", 6, "price", reason)


def test_factor_and_price_quantity_lead_to_the_price_of_one_order_unit(offered: Offered) -> None:
    prices = price("300", more="<PRICE_FACTOR>0.9</PRICE_FACTOR>")
    assert offered(prices, rest=order(PRICE_QUANTITY="100"))[0].net == Decimal("2.70")
    assert offered(price("10"), rest=order(PRICE_QUANTITY="3"))[0].net == Decimal("3.333333")
    header = HEADER + "<PRICE_FACTOR>0.5</PRICE_FACTOR>"
    assert offered(price("10"), header=header)[0].net == Decimal("5.00")


def test_a_price_for_the_order_unit_itself_is_taken(offered: Offered) -> None:
    prices = price("5", more="<PRICE_BASE><PRICE_UNIT>MTR</PRICE_UNIT></PRICE_BASE>")
    assert offered(prices, rest=order(ORDER_UNIT="MTR"))[0].net == Decimal("5.00")


def test_expired_and_future_prices_are_left_out_and_counted(offered: Offered) -> None:
    expired = dated("valid_start_date", "2020-01-01") + dated("valid_end_date", "2024-05-30") + price("1")
    current = dated("valid_start_date", "2024-05-31") + dated("valid_end_date", "2024-05-31") + price("2")
    future = "<VALID_START_DATE>2024-06-01</VALID_START_DATE>" + price("3")
    between = "</PRODUCT_PRICE_DETAILS><PRODUCT_PRICE_DETAILS>"
    offer, report = offered(expired + between + future + between + current)
    assert offer.net == Decimal("2.00")
    assert reasons(report, "PRODUCT/PRODUCT_PRICE_DETAILS") == {
        "the price has expired": 1,
        "the price does not hold yet": 1,
    }


def test_a_price_of_the_day_is_on_request(offered: Offered) -> None:
    offer, report = offered("<DAILY_PRICE>true</DAILY_PRICE>" + price("3"))
    assert offer == Offer()
    assert reasons(report) == {"a price of the day: on request": 1}


def test_a_date_that_is_none_is_told_and_the_price_stays(offered: Offered) -> None:
    offer, report = offered(dated("valid_end_date", "31.12.2030") + price("3"))
    assert offer.net == Decimal("3.00")
    assert report.warnings == {"price: valid_end_date … is no date such as …": 1}


def test_a_second_price_for_the_same_quantity_is_left_out(offered: Offered) -> None:
    offer, report = offered(price("3") + price("4") + price("3"))
    assert offer == Offer(Decimal("3.00"))
    assert reasons(report) == {
        "another price holds for the same quantity": 1,
        "the same price stands twice": 1,
    }


def test_without_a_currency_in_the_header_that_of_most_prices_counts(offered: Offered) -> None:
    header = "<LANGUAGE>deu</LANGUAGE>"
    francs = "<PRICE_CURRENCY>CHF</PRICE_CURRENCY>"
    offer, report = offered(price("3", more=francs) + price("2", more=francs + bound("9")) + price("1"), header=header)
    assert offer.net == Decimal("3.00")
    assert reasons(report) == {"another price holds for the same quantity": 1}
