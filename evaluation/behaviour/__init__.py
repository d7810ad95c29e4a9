"""What customers do, for the regular review: queries, facets, units, conversion, segments, returns, drift."""

from evaluation.behaviour.measure import BehaviourReview, ServingModel, Shopping, review
from evaluation.behaviour.report import write_review

__all__ = ["BehaviourReview", "ServingModel", "Shopping", "review", "write_review"]
