"""A learned order: LightGBM trees over the candidates' features."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ranking.features import NAMES
from registry import Artefact, BadArtefact

if TYPE_CHECKING:
    import lightgbm

KIND = "ranking"
MODEL_FILE = "model.txt"
STRENGTH, CATALOGUE_TREES = "strength", "catalogue_trees"
"""Parameters of an artefact."""
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reranker:
    """Scores candidates; safe for concurrent use. Scores of one query compare with each other only.

    ``strength`` says how far the scores are to be trusted, 1 as usual. The first ``catalogue_trees`` were learned from
    the catalogue alone, those behind them from people.
    """

    booster: "lightgbm.Booster"
    strength: float = 1.0
    catalogue_trees: int = 0

    def scores(self, features: Scores) -> Scores:
        """Return a score for each row of ``features``, (candidates, len(NAMES)). One thread: requests share cores."""
        if not len(features):
            return np.empty(0)
        return np.asarray(self.booster.predict(features, num_threads=1), dtype=np.float64)

    def contributions(self, features: Scores) -> Scores:
        """Return what each feature adds to each row's score (Lundberg and Lee, 2017), (candidates, len(NAMES))."""
        if not len(features):
            return np.empty((0, len(NAMES)))
        found = np.asarray(self.booster.predict(features, pred_contrib=True, num_threads=1), dtype=np.float64)
        return found[:, :-1]

    @property
    def saw_people(self) -> bool:
        """Say whether anything was learned from judgments or clicks."""
        return self.booster.num_trees() > self.catalogue_trees

    def from_catalogue(self) -> "Reranker | None":
        """Return what was learned from the catalogue alone; None where nothing was."""
        if not self.catalogue_trees:
            return None
        if not self.saw_people:
            return self
        # Importing it takes longer than most commands: only who opens or trains a model pays.
        import lightgbm

        text = self.booster.model_to_string(num_iteration=self.catalogue_trees)
        return Reranker(lightgbm.Booster(model_str=text), catalogue_trees=self.catalogue_trees)


def open_reranker(artefact: Artefact) -> Reranker:
    """Open a model. Raises BadArtefact for one that was trained on other features than are read here."""
    # Importing it takes longer than most commands: only who opens or trains a model pays.
    import lightgbm

    path = artefact.folder / MODEL_FILE
    try:
        booster = lightgbm.Booster(model_str=path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, lightgbm.basic.LightGBMError) as error:
        raise BadArtefact(f"{path}: cannot be read ({error}): train it again") from error
    if tuple(booster.feature_name()) != NAMES:
        raise BadArtefact(f"{path}: was trained on other features than this program has: train it again")
    parameters = artefact.manifest.training.parameters
    try:
        return Reranker(booster, float(parameters.get(STRENGTH, 1.0)), int(parameters.get(CATALOGUE_TREES, 0)))
    except ValueError as error:
        raise BadArtefact(f"{artefact.folder}: its parameters are no numbers ({error}): train it again") from error
