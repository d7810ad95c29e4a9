"""Small BMEcat files, written out by the tests that read them."""

from html import escape

HEADER = "<LANGUAGE>deu</LANGUAGE><CATALOG_ID>CAT1</CATALOG_ID><CURRENCY>EUR</CURRENCY>"


def bmecat(
    body: str,
    *,
    transaction: str = "T_NEW_CATALOG",
    header: str = HEADER,
    prolog: str = "",
    root: str = 'version="2005"',
) -> str:
    """Return a file with a transaction of products and what else belongs in it."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{prolog}<BMECAT {root}>\n'
        f"<HEADER><CATALOG>{header}</CATALOG></HEADER>\n<{transaction}>\n{body}\n</{transaction}>\n</BMECAT>\n"
    )


def product(
    number: str = "A-1",
    *,
    title: str = "Lampe",
    details: str = "",
    features: str = "",
    prices: str | None = "",
    rest: str = "",
    mode: str = "",
) -> str:
    """Return a PRODUCT of BMEcat 2005; ``prices`` None leaves the price details out."""
    short = f"<DESCRIPTION_SHORT>{escape(title)}</DESCRIPTION_SHORT>" if title else ""
    sheet = f"<PRODUCT_FEATURES>{features}</PRODUCT_FEATURES>" if features else ""
    costs = "" if prices is None else f"<PRODUCT_PRICE_DETAILS>{prices}</PRODUCT_PRICE_DETAILS>"
    attribute = f' mode="{mode}"' if mode else ""
    return (
        f"<PRODUCT{attribute}><SUPPLIER_PID>{escape(number)}</SUPPLIER_PID>"
        f"<PRODUCT_DETAILS>{short}{details}</PRODUCT_DETAILS>{sheet}{costs}{rest}</PRODUCT>"
    )


def price(amount: str | None, *, kind: str = "net_customer", more: str = "") -> str:
    """Return a PRODUCT_PRICE; ``more`` are its other elements."""
    cost = "" if amount is None else f"<PRICE_AMOUNT>{amount}</PRICE_AMOUNT>"
    return f'<PRODUCT_PRICE price_type="{kind}">{cost}{more}</PRODUCT_PRICE>'


def feature(name: str, *values: str, unit: str = "", more: str = "") -> str:
    """Return a FEATURE."""
    spelled = "".join(f"<FVALUE>{escape(value)}</FVALUE>" for value in values)
    measured = f"<FUNIT>{unit}</FUNIT>" if unit else ""
    return f"<FEATURE><FNAME>{escape(name)}</FNAME>{spelled}{measured}{more}</FEATURE>"
