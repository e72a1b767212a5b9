"""`pes evaluate`: which reports there are, and what is asked of each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.evaluation.examples import BadData
from bot.evaluation.options import NLU, Options, default_heldout
from bot.settings import get_settings


class Report(StrEnum):
    """The reports; another one is a name here and a line in `_made`."""

    NLU = "nlu"
    SAFETY = "safety"


def evaluate(
    only: Annotated[Report | None, typer.Option(help="Only this report; without it, all of them.")] = None,
    nlu: Annotated[Path, typer.Option(help="Folder of training examples, Rasa's NLU files.")] = NLU,
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation; 0 leaves it out.")] = 5,
    heldout: Annotated[
        list[Path] | None,
        typer.Option(
            help="Held-out messages, JSON lines; may be repeated. Default: tests/heldout/nlu*.jsonl;"
            " with --only safety: tests/heldout/safety*.jsonl"
        ),
    ] = None,
    typing_errors: Annotated[
        float, typer.Option(min=0, max=1, help="Share of words hit by simulated typing errors; 0: none.")
    ] = 0.2,
    dataset: Annotated[
        Path | None,
        typer.Option(
            help='Measure on another data set: JSON lines {"text", "label", "split"?: "train"|"test"}.'
        ),
    ] = None,
    test: Annotated[
        Path | None, typer.Option(help="The data set's test rows, when they are in a file of their own.")
    ] = None,
    oos_label: Annotated[
        str, typer.Option(help="The data set's label for out of scope. Default: oos or out_of_scope")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for report.json and plots. Default: evaluation in the data folder"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Other folds and other typing errors.")] = 0,
    plots: Annotated[bool, typer.Option(help="Draw plots.")] = True,
) -> None:
    """Measure how well messages are understood and cries for help heard; tables here, report.json in a folder."""
    if problem := _contradiction(only, folds, dataset, test, heldout, oos_label):
        raise _fail(problem)
    options = Options(
        out=out or get_settings().data / "evaluation",
        nlu=nlu,
        folds=folds,
        heldout=default_heldout() if heldout is None else heldout,
        typing_errors=typing_errors,
        seed=seed,
        plots=plots,
        dataset=dataset,
        test=test,
        out_of_scope=oos_label,
        say=lambda text: typer.echo(text, err=True),
    )
    if only is Report.SAFETY:
        _run_safety(options, heldout)
        return
    # A held-out file of intents has no dangers to hear in it.
    both = only is None and heldout is None and dataset is None
    _run(options, [Report.NLU])
    if both:
        _run_safety(options, None)


def _contradiction(
    only: Report | None,
    folds: int,
    dataset: Path | None,
    test: Path | None,
    heldout: list[Path] | None,
    oos_label: str,
) -> str:
    """What does not go together in the options; "" when all does."""
    if folds < 0 or folds == 1:
        return "--folds takes 2 or more, or 0 for no cross-validation."
    if dataset is None and (test or oos_label):
        return "--test and --oos-label go with --dataset FILE."
    if dataset and (heldout or only):
        return "--dataset measures that data set only; leave out --heldout and --only."
    return ""


def _run(options: Options, wanted: list[Report]) -> None:
    # Loading numpy and scikit-learn takes seconds that no other command should spend.
    from bot.engine.kernel import KernelError
    from bot.evaluation import plots, printed

    try:
        if options.plots:
            plots.require()
        options.out.mkdir(parents=True, exist_ok=True)
        reports = _made(options, wanted)
    except (BadData, KernelError, plots.NoPlots) as error:
        raise _fail(str(error)) from None
    except OSError as error:
        raise _fail(f"{options.out}: cannot be written ({error.strerror})") from None
    path = options.out / "report.json"
    about = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": options.seed,
        "typing_errors": options.typing_errors,
    }
    path.write_text(json.dumps(about | {"reports": reports}, ensure_ascii=False, indent=2) + "\n", "utf-8")
    for report in reports.values():
        typer.echo(printed.text(report))
    typer.echo(
        f"\nAll figures: {path}" + (f"; plots beside it: {options.out}/*.png" if options.plots else "")
    )


def _run_safety(options: Options, files: list[Path] | None) -> None:
    """The gate on rows it was not tuned on, by category, language and kind."""
    from bot.safety import evaluation

    try:
        rows = {path.stem: evaluation.read_rows(path) for path in files or evaluation.held_out()}
        options.out.mkdir(parents=True, exist_ok=True)
        figures = {name: evaluation.report(of_file) for name, of_file in rows.items()}
        (options.out / "safety.json").write_text(evaluation.as_json(figures) + "\n", "utf-8")
    except evaluation.RowsError as error:
        raise _fail(str(error)) from None
    except OSError as error:
        raise _fail(f"{options.out}: cannot be written ({error.strerror})") from None
    for name, of_file in figures.items():
        typer.echo(f"\n{name}")
        evaluation.print_report(of_file, typer.echo)
    typer.echo(f"\nAll figures: {options.out / 'safety.json'}")


def _made(options: Options, wanted: list[Report]) -> dict[str, dict[str, Any]]:
    from bot.evaluation import dataset, nlu

    if options.dataset:
        return {"dataset": dataset.report(options)}
    return {name: {Report.NLU: nlu.report}[name](options) for name in wanted}


def _fail(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)
