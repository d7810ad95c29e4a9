"""Experiments in the back office."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool

from api.back_office import Resource, add_routes
from api.buyer import Merchandiser
from api.experiment_bodies import (
    ExperimentBody,
    ExperimentResponse,
    ExperimentsResponse,
    ExperimentWrite,
    ResultsResponse,
    SampleSizeResponse,
    experiment_answer,
    results_answer,
)
from api.json_body import StrictJsonRoute
from api.product_page import Json
from api.rendering import JsonResponse
from api.routes.documented import PROBLEMS
from api.shop import CatalogId, TheShop
from commerce.errors import UnknownExperiment
from commerce.records import Records
from evaluation.experiments.planning import sample_size, share_deviation
from evaluation.experiments.results import results

router = APIRouter(prefix="/v1/{catalog}", tags=["back office"], responses=PROBLEMS, route_class=StrictJsonRoute)
ExperimentId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


@router.put("/experiments/{experiment_id}", response_model=ExperimentWrite)
async def put_experiment(
    catalog: CatalogId, experiment_id: ExperimentId, body: ExperimentBody, shop: TheShop, buyer: Merchandiser
) -> JsonResponse:
    """Put an experiment in the place of the one of this id; buyers are in it within two seconds.

    Who is in which arm depends on the ids of the experiment and of the buyer alone: `client_id` of the request, or the
    token's account. A buyer is in one experiment at most, the first by id. `stopped` null lets a stopped one run again.
    """
    shop.shelf(catalog, buyer)
    experiment = body.experiment(experiment_id)
    version, changed = await run_in_threadpool(shop.records.put_experiment, catalog, experiment)
    shop.experiments.look(catalog)
    return JsonResponse({"id": experiment_id, "version": version, "changed": changed})


@router.get("/experiments/sample-size", response_model=SampleSizeResponse)
async def needed_buyers(
    catalog: CatalogId,
    shop: TheShop,
    buyer: Merchandiser,
    baseline: Annotated[
        float, Query(ge=1e-6, le=1e9, description="The metric's mean over buyers, such as 0.04 who buy")
    ],
    uplift: Annotated[float, Query(ge=1e-4, le=1.0)] = 0.05,
    deviation: Annotated[
        float | None, Query(ge=1e-6, le=1e9, description="Over buyers; left out, that of a share of buyers")
    ] = None,
    alpha: Annotated[float, Query(ge=1e-6, lt=0.5)] = 0.05,
    power: Annotated[float, Query(ge=0.5, le=0.999)] = 0.8,
    arms: Annotated[int, Query(ge=2, le=10)] = 2,
) -> JsonResponse:
    """Return how many buyers each arm needs to find an uplift, before an experiment begins."""
    shop.shelf(catalog, buyer)
    spread = share_deviation(min(baseline, 0.999)) if deviation is None else deviation
    found = sample_size(baseline, spread, uplift, alpha=alpha, power=power, arms=arms)
    return JsonResponse({"at_most": found.at_most, "fixed": found.fixed})


@router.get("/experiments/{experiment_id}/results", response_model=ResultsResponse)
async def experiment_results(
    catalog: CatalogId, experiment_id: ExperimentId, shop: TheShop, buyer: Merchandiser
) -> JsonResponse:
    """Return what the buyers of an experiment did, of those who agreed to analytics.

    Intervals and p-values hold however often one looks. Nothing is said before two hundred buyers an arm.
    """
    shop.shelf(catalog, buyer)
    records = shop.records

    def judged() -> Json:
        experiment = records.experiment(catalog, experiment_id)
        searches = records.searches(catalog, since=experiment.begin, until=experiment.end)
        events = records.events(catalog, since=experiment.begin, until=experiment.end)
        return results_answer(experiment, results(experiment, searches, events))

    return JsonResponse(await run_in_threadpool(judged))


add_routes(
    router,
    Resource(
        plural="experiments",
        singular="experiment",
        listed=ExperimentsResponse,
        shown=ExperimentResponse,
        page=lambda records, catalog, after, limit: records.experiments(catalog, after=after, limit=limit),
        one=Records.experiment,
        delete=Records.delete_experiment,
        short=experiment_answer,
        whole=experiment_answer,
        unknown=UnknownExperiment,
        removed="; its buyers are answered as all others",
        look=lambda shop, catalog: shop.experiments.look(catalog),
    ),
)
