"""What customers do, for the regular review: queries, facets, units, conversion, segments, returns."""

from evaluation.behaviour.measure import BehaviourReview, review
from evaluation.behaviour.report import write_review

__all__ = ["BehaviourReview", "review", "write_review"]
