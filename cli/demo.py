"""The demo: both samples, loaded, indexed and served to three buyers."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from api.app import create_app
from api.demo_buyers import DemoBuyers
from api.settings import Settings
from cli.catalog import index_catalog
from cli.context import AsJson, Context, opened, print_json
from cli.demo_background import Background
from cli.demo_samples import FILES, Sample, sample_of
from cli.sample_buyers import put_sample_buyers
from cli.serve import Host, listen
from commerce.account import Account

_FIRST = "icecat"
"""The catalogue that is searched first, and that has buyers."""
_SAMPLES = Path(__file__).parents[1] / "samples"


def demo(
    host: Host = "127.0.0.1",
    # Not for `serve`: Kubernetes sets this variable to an address for every service of the name.
    port: Annotated[int, typer.Option(envvar="VITRINE_PORT", min=0, max=65535, help="Port to listen on.")] = 8080,
    samples: Annotated[
        Path, typer.Option(help="Folder of the sample catalogues.", show_default="the checkout's")
    ] = _SAMPLES,
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help="Load and index, but do not serve.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load and index the two sample catalogues and train their recommendations where that is still to do, and serve
    them with the storefront.

    The first catalogue is served as soon as it can be searched; the second one and the recommendations follow while it
    is, and `/health/ready` waits for them. A sample is loaded again when its file, its mapping or its models have
    changed. The storefront can be looked at as a dealer and as a contract customer too: without VITRINE_JWT_SECRET
    their tokens are signed with a secret of this process. Prints the address once it answers.
    """
    with opened() as context:
        rest = _prepare(context, [sample_of(context, name, samples / name) for name in FILES], quiet=as_json)
        buyers = _buyers(context, samples / _FIRST / "buyers.json")
        settings = context.settings
    if not prepare_only:
        demo_buyers = DemoBuyers(buyers, tuple(FILES), _FIRST)
        if rest is not None and not as_json:
            rest.announce()
        app = create_app(_able_to_mint(settings), demo_buyers, awaited=tuple if rest is None else rest.awaited)
        listen(app, host, port, as_json=as_json)
        return
    if rest is not None:
        rest.wait()
    if as_json:
        print_json({"catalogs": list(FILES)})


def _prepare(context: Context, samples: Sequence[Sample], *, quiet: bool) -> Background | None:
    """Load and index the first catalogue if it has changed, and begin with all else that has; None if nothing has."""
    changed = [each for each in samples if not each.is_ready(context)]
    now = [each for each in changed if each.catalog == _FIRST]
    for each in now:
        each.load(context, quiet=quiet)
    rest = Background([each for each in changed if each not in now], changed) if changed else None
    for each in now:
        index_catalog(context, each.catalog, quiet=quiet)
    return rest


def _buyers(context: Context, file: Path) -> list[Account]:
    return put_sample_buyers(context, _FIRST, file) if file.is_file() else []


def _able_to_mint(settings: Settings) -> Settings:
    """Return the settings with a secret of this process where tokens are not checked in any way yet."""
    if settings.jwt_secret or settings.jwks_url:
        return settings
    return settings.model_copy(update={"jwt_secret": SecretStr(secrets.token_hex(32))})
