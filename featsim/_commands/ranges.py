"""Several values on the command line: numbers, and ranges as Python has them."""

import decimal

Number = int | float
MOST_VALUES = 10**6


def parse_values(tokens: list[str], number: type[Number]) -> tuple[Number, ...]:
    """Return the numbers that ``tokens`` name: a number, or a range a:b or a:b:step without b."""
    values: list[Number] = []
    for token in tokens:
        try:
            bounds = [decimal.Decimal(part) for part in token.split(":")]
            if len(bounds) == 1:
                values.append(number(token))
                continue
            start, stop, step = bounds if len(bounds) == 3 else (*bounds, decimal.Decimal(1))
            count = int(((stop - start) / step).to_integral_value(decimal.ROUND_CEILING))
            fits = len(values) + count <= MOST_VALUES
            values += [number(str(start + i * step)) for i in range(count if fits else 0)]
        except (ArithmeticError, ValueError):
            kind = "whole numbers" if number is int else "numbers"
            allowed = f"must be {kind} or ranges a:b or a:b:step, with spaces between"
            raise ValueError(f"{allowed}, not {token!r}") from None
        if not fits:
            raise ValueError(f"must have at most {MOST_VALUES:,} values, not those of {token!r}")
    if not values:
        raise ValueError(f"must have at least one value, not {' '.join(tokens) or 'none'}")
    return tuple(values)
