"""Shows how far a longer piece of work has come: a bar on a terminal, a line per step elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@contextmanager
def bars() -> Iterator[Progress]:
    """A bar for each thing that is told; on paper or in a file, a line when it begins and when it is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as shown:
        tasks = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            shown.update(tasks[what], completed=done, total=total)

        yield told


def _lines() -> Progress:
    begun: set[str] = set()

    def told(what: str, done: int, total: int) -> None:
        if what not in begun:
            begun.add(what)
            print(f"{what} ...", flush=True)
        if done >= total:
            print(f"{what}: {done:,} done", flush=True)

    return told
