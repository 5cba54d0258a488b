"""Shows how far a longer piece of work has come: a bar on a terminal, a line per step elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@contextmanager
def bars(*, counts: bool = True) -> Iterator[Progress]:
    """A bar for each thing that is told; on paper or in a file, a line when it begins and when it is done.

    Without `counts` what is done is a share of the whole, such as of a file's bytes, and no number of things.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(counts=counts)
        return
    how_far = MofNCompleteColumn() if counts else TaskProgressColumn()
    columns = (TextColumn("{task.description:<34}"), BarColumn(), how_far, TimeElapsedColumn())
    with Bars(*columns, console=console) as shown:
        tasks = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            shown.update(tasks[what], completed=done, total=total)

        yield told


def _lines(*, counts: bool) -> Progress:
    begun: set[str] = set()

    def told(what: str, done: int, total: int) -> None:
        if what not in begun:
            begun.add(what)
            print(f"{what} ...", flush=True)
        if done >= total:
            print(f"{what}: {done:,} done" if counts else f"{what}: done", flush=True)

    return told
