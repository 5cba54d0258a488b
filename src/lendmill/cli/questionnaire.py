"""The voluntary questionnaire from the command line: a shop's result, the item bank, its parameters from answers."""

from typing import Annotated

import typer

from lendmill.settings import load

commands = typer.Typer()
questionnaire = typer.Typer(help="The voluntary questionnaire: results, the item bank, its parameters.")
commands.add_typer(questionnaire, name="questionnaire")


@questionnaire.command()
def show(shop: Annotated[str, typer.Argument(help="The marketplace's own name for the shop.")]) -> None:
    """What a shop's newest questionnaire came to, worked out again from its answers."""
    from lendmill.cli import opened
    from lendmill.people.queries import shops_by_key
    from lendmill.rating.psychometrics import queries

    with opened.database(load()) as database, database.transaction() as db:
        found = shops_by_key(db, [shop])
        if shop not in found:
            raise typer.BadParameter(f"There is no shop {shop} here.")
        result = queries.newest_result(db, found[shop].borrower_id)
        bank = queries.bank(db, result.bank_digest)
    scores = result.scores
    print(f"{shop}: sent on {result.finished_on}, item bank {bank.version} ({bank.origin})")
    for name, score in scores.traits.items():
        print(f"  {name:<22} {score.theta:+.2f} ± {score.error:.2f}   from {score.answers} answers")
    for name, figure in scores.quantities().items():
        if name not in scores.traits:
            print(f"  {name:<22} {'unknown' if figure is None else f'{figure:.3f}'}")
    if scores.flags:
        print(f"  signs: {', '.join(scores.flags)}" + ("" if scores.is_usable else " (the traits are not used)"))
    print("worked out again: " + ("the same" if result.replayed(bank) else "NOT THE SAME"))


@questionnaire.command()
def bank() -> None:
    """The item bank in use: every question with its trait, its direction and its parameters."""
    from lendmill.cli import opened
    from lendmill.rating.psychometrics import queries

    with opened.database(load()) as database, database.transaction() as db:
        found = queries.current_bank(db)
    print(f"item bank {found.version}, parameters: {found.origin}, {len(found.items)} items, {found.digest[:12]}")
    for item in found.items:
        thresholds = " ".join(f"{each:+.2f}" for each in item.b)
        sign = "+" if item.keyed > 0 else "-"
        print(f"{item.key:<10} {item.trait:<20} {sign} {item.source:<4} a {item.a:.2f}  b {thresholds:<24} {item.en}")


@questionnaire.command()
def calibrate(
    keep: Annotated[bool, typer.Option(help="Keep the estimates as a new version, which new forms then use.")] = False,
) -> None:
    """Estimate the items' parameters and paces from all finished questionnaires whose consent stands."""
    from lendmill.cli import opened
    from lendmill.people.queries import house_day
    from lendmill.rating.psychometrics import actions, queries
    from lendmill.rating.psychometrics.calibrating import calibrated

    with opened.database(load()) as database:
        with database.transaction() as db:
            now = queries.current_bank(db)
            forms = [result.answers for result in queries.usable_results(db, now.edition)]
        made = calibrated(now, forms)
        for key, fit in made.estimated.items():
            before = now.by_key[key]
            thresholds = " ".join(f"{each:+.2f}" for each in fit.b)
            print(f"{key:<10} a {before.a:.2f} -> {fit.a:.2f}   b {thresholds}   from {fit.people} people")
        print(f"{len(made.estimated)} items estimated from {made.people} people; {len(made.kept)} keep their values.")
        if keep:
            with database.transaction() as db:
                actions.keep_bank(db, made.bank, today=house_day(db))
            print(f"Kept as item bank {made.bank.version}; new forms use it.")
