"""Which attributes belong to a product and which to its variants."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Levels:
    """Values by attribute of the product and of each variant; ``overruled`` are values of the product that all its
    variants contradict."""

    product: Mapping[str, object]
    variants: Sequence[Mapping[str, object]]
    overruled: int


def levels(product: Mapping[str, _Value], variants: Sequence[Mapping[str, _Value]], varying: Container[str]) -> Levels:
    """Say each attribute once: at the product where all variants share it, else at the variants.

    A variant's own value goes before its product's, so what a variant is does not change. Attributes in ``varying``
    stand at the variants in any case.
    """
    if not variants:
        return Levels(product, [], 0)
    above: dict[str, object] = {}
    below: list[dict[str, object]] = [{} for _ in variants]
    overruled = 0
    for name in dict.fromkeys([*product, *(name for own in variants for name in own)]):
        inherited = product.get(name)
        values = [own.get(name, inherited) for own in variants]
        overruled += inherited is not None and inherited not in values
        if name not in varying and all(value == values[0] for value in values):
            above[name] = values[0]
            continue
        for own, value in zip(below, values, strict=True):
            if value is not None:
                own[name] = value
    return Levels(above, below, overruled)
