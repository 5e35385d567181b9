"""`python -m lab`: the whole stack on this machine."""

from __future__ import annotations

import errno
import sys
from typing import Annotated

import typer

from infra.errors import StagecoachError
from lab.lifecycle import Lab
from lab.paths import full_disk_hint
from lab.preview import preview as write_preview

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_PROVIDER = "hetzner"


@app.callback()
def main(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Which lab; each has a state of its own.  Default: the provider's.")] = "",
) -> None:
    """Rehearses the stack: emulated cloud, real engine, real Kubernetes, on real servers where this machine can."""
    context.obj = name


def _lab(context: typer.Context) -> Lab:
    return Lab(context.obj or _PROVIDER)


@app.command()
def up(
    context: typer.Context,
    stack: Annotated[str, typer.Option(help="The stack file to build: Pulumi.<stack>.yaml.")] = "stage1",
    provider: Annotated[str, typer.Option(help="The emulated cloud.")] = _PROVIDER,
) -> None:
    """Build or update the deployment; another stack than before is a move by rename."""
    raise typer.Exit(Lab(context.obj or provider).up(stack, provider))


@app.command()
def down(context: typer.Context) -> None:
    """Stop every process, keep the state."""
    _lab(context).down()


@app.command()
def reset(context: typer.Context) -> None:
    """Stop every process and forget the state."""
    _lab(context).reset()


@app.command()
def clean() -> None:
    """Remove what this checkout does not use; labs stay."""
    from lab.clean import clean as remove_unused  # noqa: PLC0415  other commands have no use for it

    remove_unused()


@app.command()
def status(context: typer.Context) -> None:
    """Show what runs."""
    raise typer.Exit(_lab(context).status())


@app.command()
def url(context: typer.Context) -> None:
    """Print the shop's address, nothing else."""
    sys.stdout.write(f"{_lab(context).outputs()['url']}\n")


@app.command()
def dns(
    context: typer.Context,
    host: Annotated[str, typer.Argument(help="A name of the shop, for example shop.example.test.")],
    *,
    forget: Annotated[bool, typer.Option("--forget", help="Remove the name again: it resolves no more.")] = False,
) -> None:
    """Point a name at this lab's server, as an A record does; `up` does it for the stack file's own names."""
    _lab(context).dns(host, forget=forget)


@app.command()
def kubeconfig(context: typer.Context) -> None:
    """Print the path of the lab's kubeconfig."""
    sys.stdout.write(f"{_lab(context).kubeconfig()}\n")


@app.command()
def logs(
    context: typer.Context,
    *,
    pod: Annotated[str, typer.Option(help="Only this workload's, for example celery-worker.")] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Print the last lines of the shop's pods."""
    label = f"app.kubernetes.io/name={pod}" if pod else "app.kubernetes.io/part-of=stagecoach"
    options = ["--all-containers", "--prefix", "--tail=30", "--max-log-requests=50", *(["--follow"] if follow else [])]
    raise typer.Exit(_lab(context).kubectl(["logs", "--namespace=app", f"--selector={label}", *options]))


@app.command(context_settings={"ignore_unknown_options": True})
def kubectl(
    context: typer.Context, arguments: Annotated[list[str], typer.Argument(help="Arguments of kubectl.")]
) -> None:
    """Run kubectl on the lab's cluster."""
    raise typer.Exit(_lab(context).kubectl(arguments))


@app.command()
def usage(
    context: typer.Context,
    tasks: Annotated[int, typer.Option(help="E-mail tasks, all queued at once.", min=1)] = 1000,
    customers: Annotated[int, typer.Option(help="Customers in the shop for a minute.", min=1)] = 6,
) -> None:
    """Measure what containers use of what they request, under the guide's load and customers; Markdown."""
    from lab.usage.measure import measure  # noqa: PLC0415  other commands have no use for it

    lab = _lab(context)
    sys.stdout.write(measure(lab.kubeconfig(), lab.outputs(), tasks=tasks, customers=customers))


@app.command()
def preview(
    context: typer.Context,
    base: Annotated[str, typer.Option(help="The commit or branch to compare with.")] = "main",
    output: Annotated[str | None, typer.Option(help="Write the comment here instead of printing it.")] = None,
    stack: Annotated[str | None, typer.Option(help="Preview this stack file on the lab's deployment.")] = None,
) -> None:
    """Write what a pull request would say, with this lab's engine where it is up."""
    raise typer.Exit(write_preview(_lab(context), base=base, output=output, stack=stack))


@app.command(context_settings={"ignore_unknown_options": True})
def pulumi(
    context: typer.Context, arguments: Annotated[list[str], typer.Argument(help="Arguments of pulumi.")]
) -> None:
    """Run the real `pulumi` in this lab, on the stack that is up."""
    raise typer.Exit(_lab(context).pulumi(arguments))


if __name__ == "__main__":
    try:
        app()
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.stderr.write(f"{error}\n  - {full_disk_hint()}\n")
        sys.exit(1)
