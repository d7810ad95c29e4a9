"""What purchases teach of attributes: checked on shops whose buyers are known to care for one thing."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from ranking.comparison.learned import NOT_LEARNED, Learned, load, save
from ranking.comparison.learning import Sold, learn
from registry import BadArtefact

Chooses = Callable[[dict[str, object], float, Random], int]


def shop(chooses: Chooses, products: int = 200) -> Learned:
    """Return what is learned from products with a random memory, weight and colour, dearer with more memory."""
    random = Random(7)
    found = []
    for _ in range(products):
        memory = random.choice([4.0, 8.0, 16.0, 32.0])
        values: dict[str, object] = {
            "memory": memory,
            "weight": random.uniform(1, 3),
            "colour": random.choice(["Black", "White", "Red"]),
        }
        net = 100 + 10 * memory + random.uniform(0, 400)
        found.append(Sold("Laptops", values, net, chooses(values, net, random)))  # type: ignore[arg-type]
    return learn(found)


def test_what_buyers_choose_by_is_important_and_what_they_ignore_is_not() -> None:
    learned = shop(lambda values, _net, random: random.randint(4, 6) if values["colour"] == "Red" else 0)
    importance = learned.types["Laptops"].importance
    assert importance["colour"] > 0.5
    assert importance["colour"] > 5 * importance["weight"]


def test_the_direction_that_buyers_take_at_like_prices_is_learned() -> None:
    learned = shop(lambda values, _net, random: random.randint(0, 2) + (5 if float(str(values["memory"])) > 8 else 0))
    assert learned.better("Laptops", "memory") == "higher"
    assert learned.better("Laptops", "weight") is None
    light = shop(lambda values, _net, random: random.randint(3, 6) if float(str(values["weight"])) < 1.6 else 0)
    assert light.better("Laptops", "weight") == "lower"


def test_a_direction_that_only_the_price_explains_is_none() -> None:
    cheap = shop(lambda _values, net, random: random.randint(3, 6) if net < 300 else 0)
    assert cheap.better("Laptops", "memory") is None


def test_buyers_who_choose_at_random_teach_next_to_nothing() -> None:
    learned = shop(lambda _values, _net, random: random.randint(0, 5))
    assert learned.types["Laptops"].better == {}
    assert max(learned.types["Laptops"].importance.values()) < 0.1


def test_a_single_best_seller_is_no_lesson() -> None:
    first = iter([500])
    assert shop(lambda _values, _net, _random: next(first, 0)).types == {}


def test_a_saved_lesson_reads_the_same_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    learned = shop(lambda values, _net, random: random.randint(4, 6) if values["colour"] == "Red" else 0)
    save(learned, tmp_path)
    assert load(tmp_path) == learned
    (tmp_path / "attributes.json").write_bytes(b'{"Laptops": {"bought": 1, "importance": {}, "better": {"a": "up"}}}')
    with pytest.raises(BadArtefact):
        load(tmp_path)


def test_nothing_learned_leaves_the_start_as_it_is() -> None:
    assert NOT_LEARNED.importance("Laptops", "attributes.memory", 0.4) == 0.4
    assert NOT_LEARNED.better("Laptops", "memory") is None
