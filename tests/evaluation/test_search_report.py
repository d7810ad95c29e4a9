"""The page about a search's quality."""

from lxml import html

from evaluation.comparison import compare
from evaluation.search_quality import SearchQuality, evaluate_search
from evaluation.search_report import search_report

JUDGMENTS = {
    "lamp": {"1": 3.0, "2": 0.0},
    "<script>alert(1)</script>": {"1": 1.0, "2": 2.0},
    "nothing": {"1": 0.0},
}


def quality(*ids: str) -> SearchQuality:
    return evaluate_search(JUDGMENTS, lambda _: ids)


def test_it_has_a_row_for_every_query_and_a_bar_for_each_of_both_figures() -> None:
    page = html.fromstring(search_report("shop", quality("1", "2")))
    queries = {row.findtext("td") for row in page.iterfind(".//table/tbody/tr")}
    assert {"lamp", "<script>alert(1)</script>"} <= queries
    assert "nothing" not in queries
    assert len(page.findall(".//rect")) == 4
    assert "1 without a positive judgment" in page.text_content()


def test_queries_are_text_and_never_markup() -> None:
    page = search_report("<b>shop</b>", quality("1", "2"))
    assert "<script>" not in page
    assert "<b>" not in page


def test_a_comparison_shows_who_won_and_who_lost() -> None:
    now, before = quality("2", "1"), quality("1", "2")
    page = search_report("shop", now, compare(now, before), "words alone")
    text = html.fromstring(page).text_content()
    assert "Beside words alone" in text
    assert "1 queries won, 1 lost" in text


def test_it_asks_for_nothing_from_elsewhere() -> None:
    page = html.fromstring(search_report("shop", quality("1", "2")))
    assert not page.xpath("//script | //link | //img | //*[@src] | //*[@href]")
