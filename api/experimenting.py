"""What an experiment's arm changes of one answer."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from api.product_page import Json
from api.recommendation_bodies import RecommendationBody
from commerce.experiments import Arm, Experiment, assigned
from ranking.models import Models
from ranking.personal import Personal
from ranking.request import SearchRequest


@dataclass(frozen=True, slots=True)
class Trial:
    """The experiment that a buyer is in, and the arm."""

    experiment: Experiment
    arm: Arm

    def request(self, asked: SearchRequest, models: Models, *, mode_is_open: bool) -> SearchRequest:
        """Return a search as the arm answers it; a mode that the storefront named stays."""
        arms = {self.experiment.id: self.arm.id}
        mode = self.arm.mode if mode_is_open and self.arm.mode is not None else asked.mode
        if mode == "semantic" and models.encoder is None:
            # No experiment turns an answer into a problem.
            mode = asked.mode
        return replace(asked, arms=arms, mode=mode)

    def models(self, models: Models) -> Models:
        """Return the models that the arm uses."""
        return models if self.arm.learned else replace(models, reranker=None)

    def personal(self, personal: Personal | None) -> Personal | None:
        """Return a profile at the arm's strength."""
        if personal is None or self.arm.strength is None:
            return personal
        return Personal(personal.profile, self.arm.strength)

    def recommendation(self, body: RecommendationBody) -> RecommendationBody:
        """Return a request for recommendations with the arm's strategy in place of the one asked for."""
        strategy = self.arm.strategies.get(body.strategy)
        return body if strategy is None else body.model_copy(update={"strategy": strategy})

    def answer(self) -> Json:
        """Return what an answer says of it."""
        return {"id": self.experiment.id, "arm": self.arm.id}


def trial_of(
    experiments: tuple[Experiment, ...], client: str | None, account: str | None, at: datetime | None = None
) -> Trial | None:
    """Return the experiment that a buyer is in, None for none. An account is one buyer, whatever its clients."""
    if not experiments:
        return None
    found = assigned(experiments, at or datetime.now(UTC), client, account)
    return None if found is None else Trial(*found)
