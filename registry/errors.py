"""What can go wrong with models.

This package knows nothing of ours, so its errors are plain ``ValueError``s with a stable ``code`` of their own.
"""


class ModelError(ValueError):
    """Something about a model that can be explained; the message says what, where and how to mend."""

    code = "model_unavailable"


class BadArtefact(ModelError):
    """A model's folder that is half-written, altered or of a format that this program does not read."""

    code = "bad_model"


class UnknownModel(ModelError):
    """No model of that catalogue, kind and version."""

    code = "unknown_model"
