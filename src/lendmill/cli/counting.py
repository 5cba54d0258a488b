"""How many of something, as people say it: one seller, two sellers."""


def counted(n: int, one: str, many: str = "") -> str:
    """A number with what it counts; the plural ends in s unless it is given.

    >>> counted(1, "seller"), counted(1_200, "seller"), counted(0, "entry", "entries")
    ('1 seller', '1,200 sellers', '0 entries')
    """
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"
