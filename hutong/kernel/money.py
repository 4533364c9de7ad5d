"""Money: integers in minor units beside a currency. No floats, no decimals."""

from collections.abc import Sequence
from typing import NewType

Fen = NewType("Fen", int)
"""An amount in minor units (fen for CNY) of the currency beside it."""

CNY = "CNY"
MAX_AMOUNT = Fen(10_000_000_000_00)  # ten billion yuan: far from 2**63 even when summed a million times


def split(amount: Fen, weights: Sequence[int]) -> list[Fen]:
    """Cut `amount` in proportion to `weights` so that the shares sum to exactly `amount`.

    Remainders go one minor unit at a time to the largest fractions, earlier shares first.
    Raises ValueError when a weight is negative or all are zero.
    """
    total = sum(weights)
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and not all zero")
    shares = [amount * weight // total for weight in weights]
    rest = amount - sum(shares)
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[:rest]:
        shares[i] += 1
    return [Fen(share) for share in shares]
