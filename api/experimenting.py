"""What an experiment changes of one answer."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from api.product_page import Json
from api.recommendation_bodies import RecommendationBody
from api.relevance_book import RelevanceBook
from commerce.experiments import Arm, Experiment, assigned
from commerce.merchandising import normalise_query
from ranking.interleaving import Rival, Way
from ranking.models import Models
from ranking.personal import Personal
from ranking.request import Mode


@dataclass(frozen=True, slots=True)
class Trial:
    """The experiment that a buyer is in, and the arm; in an interleaving a buyer is in none."""

    experiment: Experiment
    buyer: str
    arm: Arm | None

    def arms(self) -> dict[str, str]:
        """Return the arms that rules may ask for."""
        return {} if self.arm is None else {self.experiment.id: self.arm.id}

    def ways(
        self, catalog_id: str, usual: Way, settings: RelevanceBook, query: str, *, mode_is_open: bool
    ) -> tuple[Way, Rival | None]:
        """Return how a search is answered, and against what; a mode that the storefront named stays.

        The coins of an interleaving are the buyer's own for each query, so that a page shown twice is the same.
        """

        def of(arm: Arm) -> Way:
            return way_of(arm, catalog_id, usual, settings, mode_is_open=mode_is_open)

        if self.arm is not None:
            return of(self.arm), None
        one, other = self.experiment.arms
        return of(one), Rival(of(other), "\0".join((self.experiment.id, self.buyer, normalise_query(query))))

    def recommendation(self, body: RecommendationBody) -> RecommendationBody:
        """Return a request for recommendations with the arm's strategy in place of the one asked for."""
        strategy = None if self.arm is None else self.arm.strategies.get(body.strategy)
        return body if strategy is None else body.model_copy(update={"strategy": strategy})

    def answer(self) -> Json:
        """Return what an answer says of it."""
        return {"id": self.experiment.id, "arm": None if self.arm is None else self.arm.id}

    def team(self, number: int | None) -> str | None:
        """Return the arm of an interleaving that a hit comes from."""
        return None if number is None else self.experiment.arms[number].id


def way_of(arm: Arm, catalog_id: str, usual: Way, settings: RelevanceBook, *, mode_is_open: bool) -> Way:
    """Return how an arm answers what is usually answered in another way."""
    mode: Mode = arm.mode if mode_is_open and arm.mode is not None else usual.mode
    if mode == "semantic" and usual.models.encoder is None:
        # No experiment turns an answer into a problem.
        mode = usual.mode
    relevance = None if arm.relevance is None else settings.version(catalog_id, arm.relevance)
    return Way(mode, _models(arm, usual.models), _personal(arm, usual.personal), relevance or usual.relevance)


def trial_of(
    experiments: tuple[Experiment, ...], client: str | None, account: str | None, at: datetime | None = None
) -> Trial | None:
    """Return the experiment that a buyer is in, None for none. An account is one buyer, whatever its clients."""
    if not experiments:
        return None
    found = assigned(experiments, at or datetime.now(UTC), client, account)
    buyer = None if found is None else found.buyer_of(client, account)
    return None if found is None or buyer is None else Trial(found, buyer, found.arm_of(client, account))


def _models(arm: Arm, models: Models) -> Models:
    return models if arm.learned else replace(models, reranker=None)


def _personal(arm: Arm, personal: Personal | None) -> Personal | None:
    """Return a profile at the arm's strength."""
    return personal if personal is None or arm.strength is None else Personal(personal.profile, arm.strength)
