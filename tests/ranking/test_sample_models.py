"""The models that ship with the Icecat sample: whole, small, and made for the products beside them."""

from itertools import islice
from pathlib import Path

import numpy as np

from commerce.product import Product
from indexer.embedding import embedded_text, load_embedder, text_key
from indexer.extraction.artefact import load as load_extraction
from language.encoder import DOCUMENTS_FILE, TOKENS_FILE
from ranking.ltr import open_reranker
from ranking.meaning import load_query_encoder
from registry import Registry, read_tensors
from tests.sample import SAMPLES, icecat_items

MODELS = SAMPLES / "icecat" / "models"


def test_they_are_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in MODELS.glob("*/*")) <= 15_000_000


def test_products_have_the_transformers_own_vectors() -> None:
    products = [item.product for item in islice(icecat_items(), 500)]
    keys = read_tensors(MODELS / "encoder" / DOCUMENTS_FILE)["keys"]
    known = [text_key(embedded_text(product)) for product in products]
    assert np.isin(np.array(known, dtype=np.uint64), keys).mean() > 0.99


def test_installed_they_encode_products_and_queries_into_one_space(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    encoder = registry.install(MODELS / "encoder", "icecat")
    embedder = load_embedder(registry, "icecat")
    assert embedder is not None
    queries = load_query_encoder(registry, "icecat", encoder.manifest.files[TOKENS_FILE][:16])
    assert queries is not None
    products = [item.product for item in islice(icecat_items(), 1_500)]
    vectors = embedder.vectors(products)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=0.02)

    class Everything:
        def count(self, word: str) -> int:
            return 1

    match = queries.match("portable computer", ("portable", "computer"), Everything())  # type: ignore[arg-type]
    assert match is not None
    nearest = np.argsort(-(vectors @ np.array(match.values, np.float32)))[:10]
    titles = " ".join(products[at].title.lower() for at in nearest)
    assert "notebook" in titles or "laptop" in titles


def test_the_shipped_extraction_reads_what_titles_state(tmp_path: Path) -> None:
    model = load_extraction(Registry(tmp_path).install(MODELS / "extraction", "icecat").folder)
    title = 'HP Compaq 610 Notebook 39.6 cm (15.6") 1366 x 768 pixels Intel Core 2 Duo 2 GB DDR2-SDRAM 250 GB HDD'
    read = {each.name: each.value for each in model.extract(Product("x", title), "Notebook")}
    assert read["display_diagonal"] == 15.6
    assert read["internal_memory_type"] == "DDR2-SDRAM"
    assert "material" not in read


def test_the_shipped_order_reads_the_features_of_today(tmp_path: Path) -> None:
    assert open_reranker(Registry(tmp_path).install(MODELS / "ranking", "icecat")) is not None
