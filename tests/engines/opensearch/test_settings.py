"""How a cluster's address is read."""

from pathlib import Path

import pytest

from api.engine import open_engine
from api.settings import InvalidSettings, Settings, read_settings
from engines.embedded import EmbeddedEngine
from engines.opensearch import InvalidAddress, OpenSearchEngine, parse_url
from engines.opensearch.settings import Host


def test_an_address_tells_nodes_and_credentials() -> None:
    settings = parse_url("https://shop:p%40ss@one.local:9201, https://two.local", replicas=1)
    assert settings.hosts == (Host("one.local", 9201, True), Host("two.local", 9200, True))
    assert (settings.user, settings.password, settings.replicas) == ("shop", "p@ss", 1)


@pytest.mark.parametrize("url", ["", " , ", "search:9200", "ftp://search", "http://", "http://search:notaport"])
def test_a_wrong_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidAddress) as caught:
        parse_url(url)
    assert "VITRINE_OPENSEARCH_URL" in caught.value.message
    assert "notaport" not in caught.value.message


def test_settings_never_show_a_password() -> None:
    assert "geheim" not in repr(parse_url("https://shop:geheim@search"))


def test_the_settings_choose_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(open_engine(Settings(home=tmp_path)), EmbeddedEngine)
    monkeypatch.setenv("VITRINE_ENGINE", "opensearch")
    with pytest.raises(InvalidSettings, match="VITRINE_OPENSEARCH_URL"):
        open_engine(read_settings())
    monkeypatch.setenv("VITRINE_OPENSEARCH_URL", "http://shop:geheim@127.0.0.1:1")
    settings = read_settings()
    assert "geheim" not in repr(settings)
    assert isinstance(open_engine(settings), OpenSearchEngine)


@pytest.mark.parametrize(
    ("name", "value"), [("SHARDS", "0"), ("REPLICAS", "-1"), ("TIMEOUT", "0"), ("PREFIX", "Up.per"), ("CA_FILE", "/no")]
)
def test_settings_out_of_bounds_name_their_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"VITRINE_OPENSEARCH_{name}", value)
    with pytest.raises(InvalidSettings, match=f"VITRINE_OPENSEARCH_{name}"):
        read_settings()
